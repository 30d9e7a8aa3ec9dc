"""The upload page, as Alice (curator), Bob (reader), Charlie (nothing) and Ada (administrator) meet it."""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ingest import leases
from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.presenting import FAILURES, shown_jobs
from ingest.uploads import NO_DOCUMENT
from knowledge.models import Collection, Document, DocumentVersion, Grant
from tests.ingest import files
from tests.ingest.conftest import Upload

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def post(client_for: Any, team: Collection) -> Any:
    def run(user: Any, name: str = "a.txt", data: bytes = b"Some words.", collection: int | str = team.pk) -> Any:
        body = {"collection": collection, "name": f"folder/{name}", "file": SimpleUploadedFile(name, data)}
        return client_for(user).post(reverse("upload_file"), body, headers=FETCH)

    return run


def test_a_file_is_received_with_its_folder_as_label(post: Any, people: SimpleNamespace) -> None:
    response = post(people.alice)
    assert response.status_code == 201
    assert response.json()["job"] == str(IngestJob.objects.get().pk)
    assert response.json()["outcome"] == "new"
    assert Document.objects.get().name == "folder/a.txt"
    again = post(people.alice)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")


def test_who_curates_nothing_finds_no_upload_page(post: Any, client_for: Any, people: SimpleNamespace) -> None:
    for person in (people.bob, people.charlie, people.rita):
        assert client_for(person).get(reverse("upload")).status_code == 404
        assert post(person).status_code == 404
    assert not Document.objects.exists()


def test_a_collection_of_others_is_like_one_that_is_not_there(post: Any, people: SimpleNamespace) -> None:
    foreign = Collection.objects.create(name="Board", slug="board")
    answers = [post(people.alice, collection=key) for key in (foreign.pk, 987654, "x")]
    assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}


def test_too_large_is_413_with_a_sentence(post: Any, people: SimpleNamespace, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    response = post(people.alice, data=bytes(1024 * 1024 + 10))
    assert response.status_code == 413
    assert "larger than the 1 MB allowed" in response.json()["message"]


def test_the_plain_form_takes_many_files_and_says_what_became_of_each(
    client_for: Any, people: SimpleNamespace, team: Collection
) -> None:
    many = [
        SimpleUploadedFile("a.txt", b"One."),
        SimpleUploadedFile("b.txt", b"Two."),
        SimpleUploadedFile("c.txt", b""),
    ]
    client = client_for(people.alice)
    response = client.post(reverse("upload_file"), {"collection": team.pk, "file": many})
    assert response.status_code == 302
    assert Document.objects.count() == 2


def test_jobs_are_shown_to_who_uploaded_them_and_to_administrators(upload: Upload, people: SimpleNamespace) -> None:
    Grant.objects.filter(user=people.rita).update(role=Grant.Role.CURATOR)
    upload()
    names = {person.username: [job.name for job in shown_jobs(person).jobs] for person in vars(people).values()}
    assert names == {"alice": ["rules.txt"], "bob": [], "charlie": [], "rita": [], "ada": ["rules.txt"]}


def test_a_curator_who_no_longer_is_sees_no_names(upload: Upload, people: SimpleNamespace) -> None:
    upload()
    Grant.objects.filter(user=people.alice).delete()
    assert shown_jobs(people.alice).jobs == ()


def test_a_job_shows_where_it_is(upload: Upload, people: SimpleNamespace) -> None:
    accepted = upload()
    assert accepted.job is not None
    hold = leases.take(accepted.job.pk, "worker")
    assert hold is not None
    hold.enter(IngestJob.Stage.EMBEDDING)
    hold.confirm(passages_done=5, passages_total=10)
    (view,) = shown_jobs(people.alice).jobs
    assert (view.state, view.stage, view.stage_label) == ("running", "embedding", "embedding")
    assert 60 < view.percent < 75
    assert view.seconds_left is not None
    assert (view.can_cancel, view.can_retry) == (True, False)


def test_a_failed_job_shows_its_reason_and_may_be_tried_again(
    upload: Upload, client_for: Any, people: SimpleNamespace
) -> None:
    accepted = upload("scan.pdf", files.scanned_pdf())
    run_inline(accepted.version)
    (view,) = shown_jobs(people.alice).jobs
    assert view.error.startswith("This PDF contains pictures only")
    assert (view.can_cancel, view.can_retry) == (False, True)
    assert 2 <= view.percent <= 35, "it ended while it was read"
    response = client_for(people.alice).post(reverse("job_retry", args=[view.id]))
    assert response.status_code == 302
    assert IngestJob.objects.get().state == IngestJob.State.QUEUED
    newer = upload("scan.pdf", b"Words at last.")
    IngestJob.objects.exclude(version=newer.version).update(state=IngestJob.State.FAILED)
    assert [job.can_retry for job in shown_jobs(people.alice).jobs] == [False, False]


def test_of_many_jobs_those_at_work_come_first_and_the_rest_is_counted(
    upload: Upload, client_for: Any, people: SimpleNamespace
) -> None:
    first = upload("first.txt", b"The first of many.")
    assert first.job is not None
    for number in range(110):
        upload(f"{number}.txt", f"Number {number}.".encode())
    failed = IngestJob.objects.order_by("created")[1]
    IngestJob.objects.filter(pk=failed.pk).update(state=IngestJob.State.FAILED, error="It is damaged.")
    assert leases.take(first.job.pk, "worker") is not None
    alice = client_for(people.alice)
    page = alice.get(reverse("upload_jobs")).content.decode()
    assert page.count('data-job="') == 100
    assert page.index("first.txt") < page.index("109.txt"), "what is at work stands first, though it is the oldest"
    assert "11 more are not listed here" in page
    assert "It is damaged." not in page
    page = alice.get(reverse("upload"), {"state": "failed"}).content.decode()
    assert page.count('data-job="') == 1
    assert "It is damaged." in page
    assert "every 1s" in page, "others are still at work"
    waiting = alice.get(reverse("upload_jobs"), {"state": "cancelled"}).content.decode()
    assert waiting.count('data-job="') == 0, "none is in this state, and what was asked for stays"
    assert "?state=cancelled" in waiting
    assert "not listed here" not in waiting
    assert alice.get(reverse("upload"), {"state": "nonsense"}).content.decode().count('data-job="') == 100


@pytest.mark.parametrize("action", ["job_cancel", "job_retry"])
def test_jobs_of_others_are_like_jobs_that_are_not_there(
    upload: Upload, client_for: Any, people: SimpleNamespace, action: str
) -> None:
    Grant.objects.create(collection=Collection.objects.create(name="Own", slug="own"), user=people.bob, role="curator")
    accepted = upload()
    assert accepted.job is not None
    client = client_for(people.bob)
    foreign, absent = (client.post(reverse(action, args=[key])) for key in (accepted.job.pk, uuid.uuid4()))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert IngestJob.objects.get().state == IngestJob.State.QUEUED


def test_cancelling(upload: Upload, client_for: Any, people: SimpleNamespace) -> None:
    accepted = upload()
    assert accepted.job is not None
    assert client_for(people.alice).post(reverse("job_cancel", args=[accepted.job.pk])).status_code == 302
    assert IngestJob.objects.get().state == IngestJob.State.CANCELLED


def test_nothing_is_changed_by_looking(client_for: Any, people: SimpleNamespace, upload: Upload) -> None:
    accepted = upload()
    assert accepted.job is not None
    client = client_for(people.alice)
    for name, args in (("upload_file", []), ("job_cancel", [accepted.job.pk]), ("job_retry", [accepted.job.pk])):
        assert client.get(reverse(name, args=args)).status_code == 405


def test_messages_are_json(post: Any, people: SimpleNamespace) -> None:
    response = post(people.alice, data=b"")
    assert response.status_code == 400
    assert json.loads(response.content)["message"].endswith(".")


def test_the_page_and_its_list_of_jobs_are_shown(upload: Upload, client_for: Any, people: SimpleNamespace) -> None:
    accepted = upload("scan.pdf", files.scanned_pdf())
    client = client_for(people.alice)
    assert 'hx-trigger="every 1s' in client.get(reverse("upload_jobs")).content.decode()
    run_inline(accepted.version)
    fragment = client.get(reverse("upload_jobs")).content.decode()
    assert "This PDF contains pictures only" in fragment
    assert "every 1s" not in fragment
    page = client.get(reverse("upload")).content.decode()
    assert "Team" in page
    assert "scan.pdf" in page


def test_a_new_version_knows_its_document(
    upload: Upload, client_for: Any, people: SimpleNamespace, team: Collection
) -> None:
    """Whatever the file is called and whichever collection the form might name, it goes where the document is."""
    document = upload("salaries.txt", "Band one.").document
    public = Collection.objects.create(name="Everyone", slug="everyone")
    Grant.objects.create(collection=public, user=people.alice, role=Grant.Role.CURATOR)
    client = client_for(people.alice)
    assert f"{reverse('upload')}?document={document.pk}" in client.get(reverse("document", args=[document.pk])).text
    page = client.get(reverse("upload"), {"document": str(document.pk)}).text
    assert f"<h1>Version 2 of {document.title}</h1>" in page
    assert "Everyone" not in page
    body = {"document": document.pk, "collection": public.pk, "file": SimpleUploadedFile("other.txt", b"Band two.")}
    response = client.post(reverse("upload_file"), body, headers=FETCH)
    assert (response.status_code, response.json()["outcome"]) == (201, "new_version")
    assert [v.document for v in DocumentVersion.objects.all()] == [document, document]
    many = [SimpleUploadedFile("b.txt", b"Three."), SimpleUploadedFile("c.txt", b"Four.")]
    assert (
        client.post(reverse("upload_file"), {"document": document.pk, "file": many}, headers=FETCH).status_code == 400
    )
    assert document.versions.count() == 2


def test_a_document_one_does_not_see_and_curate_takes_no_version(
    upload: Upload, client_for: Any, people: SimpleNamespace, team: Collection
) -> None:
    mine = upload("a.txt", "One.").document
    foreign = Collection.objects.create(name="Board", slug="board")
    Grant.objects.create(collection=foreign, user=people.rita, role=Grant.Role.CURATOR)
    hidden = upload("board.txt", "Two.", by=people.rita, to=foreign).document
    unseen = uuid.uuid4()
    for person, named in (
        (people.alice, hidden.pk),
        (people.alice, unseen),
        (people.alice, "x"),
        (people.ada, mine.pk),
    ):
        client, file = client_for(person), SimpleUploadedFile("b.txt", b"Three.")
        assert client.get(reverse("upload"), {"document": str(named)}).status_code == 404
        body = {"document": named, "collection": team.pk, "file": file}
        response = client.post(reverse("upload_file"), body, headers=FETCH)
        assert (response.status_code, response.json()["message"]) == (404, NO_DOCUMENT)
    assert DocumentVersion.objects.count() == 2


def test_a_double_tells_where_it_is_already(post: Any, people: SimpleNamespace) -> None:
    post(people.alice)
    document = Document.objects.get()
    told = post(people.alice, name="b.txt").json()
    assert told["document"] == {"title": document.title, "url": reverse("document", args=[document.pk])}
    managed = post(people.ada).json()["document"]
    assert managed == {"title": document.title, "url": ""}, "who manages may know its name, and not open it"


def test_nobody_is_offered_a_collection_they_did_not_choose(client_for: Any, people: SimpleNamespace) -> None:
    client = client_for(people.alice)
    assert "Choose who is to read it" not in client.get(reverse("upload")).text, "there is one only"
    Grant.objects.create(
        collection=Collection.objects.create(name="All", slug="all"), user=people.alice, role="curator"
    )
    assert '<option value="">Choose who is to read it' in client.get(reverse("upload")).text


def test_the_address_follows_the_filter_and_nothing_else(
    client_for: Any, people: SimpleNamespace, upload: Upload
) -> None:
    upload()
    client = client_for(people.alice)

    def address(current: str, **wanted: str) -> str | None:
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{current}"}
        return client.get(reverse("upload_jobs"), wanted, headers=headers).headers.get("HX-Replace-Url")

    assert address("/upload/", state="failed") == "/upload/?state=failed"
    assert address("/upload/?state=failed", state="failed") is None, "it is only drawn anew"
    assert address("/upload/?document=1&state=failed") == "/upload/?document=1"
    assert address("/documents/", state="failed") is None


def test_no_second_try_where_it_would_end_the_same(upload: Upload, people: SimpleNamespace) -> None:
    run_inline(upload("music.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x21" + bytes(200)).version)
    (view,) = shown_jobs(people.alice).jobs
    assert view.state == "failed"
    assert not view.can_retry
    assert IngestJob.objects.get().error_code in FAILURES

"""Alice adds files to her team's collection; Bob reads there; Charlie has no access."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection

from accounts.models import AuditEvent
from ingest.models import IngestJob
from ingest.names import clean_name, title_from
from ingest.pipeline import run_inline
from ingest.uploads import NO_COLLECTION, UploadRefused, accept_upload
from knowledge.models import Collection, Document, DocumentVersion
from tests.conftest import ClientFor
from tests.ingest.conftest import Upload

Look = Callable[[], set[Path]]


def test_a_new_file_becomes_a_document_a_version_and_a_job(
    upload: Upload, people: SimpleNamespace, blobs: Look
) -> None:
    before = blobs()
    accepted = upload("hr/Travel-policy_2026.txt")
    assert accepted.outcome == "new"
    assert (accepted.document.name, accepted.document.title) == ("hr/Travel-policy_2026.txt", "Travel policy 2026")
    assert accepted.document.owner == people.alice
    assert accepted.version.number == 1
    assert accepted.job is not None
    assert accepted.job.state == IngestJob.State.QUEUED
    (blob,) = blobs() - before
    assert blob.read_bytes() == b"Lunch is at noon."
    assert "Travel" not in str(blob)
    event = AuditEvent.objects.get(action="document.uploaded")
    assert (event.actor_id, event.object_id) == (people.alice.pk, str(accepted.document.pk))


def test_the_same_bytes_are_recognised_while_being_read_and_after(upload: Upload, blobs: Look) -> None:
    first = upload("rules.txt")
    before = blobs()
    again = upload("copy of rules.txt")
    assert (again.outcome, again.document, again.job) == ("duplicate", first.document, first.job)
    run_inline(first.version)
    after = upload("rules.txt")
    assert (after.outcome, after.version, after.job) == ("duplicate", first.version, None)
    assert blobs() == before
    assert Document.objects.count() == 1


def test_other_bytes_under_the_same_name_are_the_next_version(upload: Upload) -> None:
    upload("rules.txt")
    second = upload("rules.txt", "Lunch is at one.")
    assert (second.outcome, second.version.number) == ("new_version", 2)
    assert Document.objects.count() == 1
    # Back to the first words: they are no longer the newest, so this is a change, not a double.
    assert upload("rules.txt").version.number == 3


def test_the_same_bytes_in_another_collection_are_another_document(upload: Upload, people: SimpleNamespace) -> None:
    upload("rules.txt")
    other = Collection.objects.create(name="Board", slug="board")
    assert upload("rules.txt", by=people.ada, to=other).outcome == "new"


def test_bytes_that_could_not_be_read_may_be_tried_again(upload: Upload) -> None:
    first = upload("broken.pdf", b"%PDF-1.7 nothing")
    assert run_inline(first.version).state == IngestJob.State.FAILED
    assert upload("broken.pdf", b"%PDF-1.7 nothing").outcome == "new_version"


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_who_may_not_add_is_told_what_a_stranger_is_told(upload: Upload, people: SimpleNamespace, name: str) -> None:
    with pytest.raises(UploadRefused) as caught:
        upload(by=getattr(people, name))
    assert (str(caught.value), caught.value.status) == (NO_COLLECTION, 404)
    assert not Document.objects.exists()


def test_too_large_is_refused_while_it_streams_and_leaves_nothing(
    people: SimpleNamespace, team: Collection, settings: Any, blobs: Look
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    before = blobs()

    class Endless(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Any:
            while True:
                yield bytes(65536)

    with pytest.raises(UploadRefused, match="1 MB") as caught:
        accept_upload(user=people.alice, collection=team, name="film.pdf", file=Endless(b""), send=False)
    assert caught.value.status == 413
    assert blobs() == before


def test_empty_and_nameless_files_are_refused(upload: Upload) -> None:
    for name, data in (("empty.txt", b""), ("..", b"x"), ("\u202e", b"x")):
        with pytest.raises(UploadRefused):
            upload(name, data)
    assert not Document.objects.exists()


def test_a_nearly_full_disk_refuses(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.disk.FREE_SHARE", 1.1)
    with pytest.raises(UploadRefused, match="nearly full"):
        upload()


def test_a_failure_while_saving_leaves_no_file(upload: Upload, blobs: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    before = blobs()

    def fail(*args: object, **ids: object) -> None:
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("ingest.uploads.audit.record", fail)
    with pytest.raises(RuntimeError):
        upload()
    assert blobs() == before
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [KeyboardInterrupt, DatabaseError])
def test_a_failure_after_the_rows_are_kept_leaves_the_file(
    error: type[BaseException],
    people: SimpleNamespace,
    team: Collection,
    blobs: Look,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = blobs()

    def fail(job: object) -> bool:
        raise error("while it is sent to the workers")

    monkeypatch.setattr("ingest.uploads.enqueue_job", fail)
    file = ContentFile(b"Lunch is at noon.", name="rules.txt")
    with pytest.raises(error):
        accept_upload(user=people.alice, collection=team, name="rules.txt", file=file)
    assert len(blobs() - before) == 1
    assert Document.objects.get().name == "rules.txt"


def test_the_same_bytes_as_a_closed_document_do_not_tell_its_title(
    upload: Upload, people: SimpleNamespace, team: Collection, client_for: ClientFor
) -> None:
    run_inline(upload("Sale of the company.txt", by=people.ada).version)
    assert "Sale of the company" in upload("other.txt").message
    Document.objects.update(restricted=True)
    again = upload("another.txt")
    assert (again.outcome, again.message) == ("duplicate", "This file is already here, so nothing was added.")
    alice = client_for(people.alice)
    file = SimpleUploadedFile("mine.txt", again.version.blob.read())
    page = alice.post("/upload/files/", {"collection": team.pk, "file": file}, follow=True).content.decode()
    assert "This file is already here" in page
    assert "Sale of the company" not in page


@pytest.mark.django_db(transaction=True)
def test_twenty_uploads_of_one_file_at_once_make_one_document(
    people: SimpleNamespace, team: Collection, blobs: Look
) -> None:
    before = blobs()
    outcomes: list[str] = []
    start = threading.Barrier(20)

    def run() -> None:
        start.wait()
        try:
            file = ContentFile(b"The same words. " * 5000)
            outcomes.append(
                accept_upload(user=people.alice, collection=team, name="same.txt", file=file, send=False).outcome
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duplicate"] * 19 + ["new"]
    assert (Document.objects.count(), DocumentVersion.objects.count(), IngestJob.objects.count()) == (1, 1, 1)
    assert len(blobs() - before) == 1


@pytest.mark.django_db(transaction=True)
def test_an_upload_survives_without_a_queue(people: SimpleNamespace, team: Collection) -> None:
    accepted = accept_upload(user=people.alice, collection=team, name="a.txt", file=ContentFile(b"Some words."))
    assert not accepted.sent
    assert "starts by itself" in accepted.message
    assert IngestJob.objects.get().state == IngestJob.State.QUEUED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Users\\ina\\plan.docx", "Users/ina/plan.docx"),
        ("/abs//double/./a.txt", "abs/double/a.txt"),
        ("in\u202evoice\u0000.pdf", "invoice.pdf"),
        ("two\nlines.txt", "two lines.txt"),
        ("Cafe\u0301.txt", "Café.txt"),
        ("...", ""),
        (" / ", ""),
    ],
)
def test_names_are_labels_without_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_long_names_keep_their_ending() -> None:
    assert len(clean_name("folder/" * 90 + "x.txt")) <= 400
    assert clean_name("folder/" * 90 + "x.txt").endswith("/x.txt")
    assert clean_name("y" * 900 + ".docx").endswith("y.docx")
    assert len(clean_name("y" * 900 + ".docx")) == 400


def test_titles_begin_as_the_name_in_words() -> None:
    assert title_from("hr/travel-policy_2026.docx") == "Travel policy 2026"
    assert title_from("Meeting notes 2026-09.md") == "Meeting notes 2026-09"

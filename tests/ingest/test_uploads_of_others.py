"""Two people upload into one collection: what one of them may not know of stays as it is, and nobody's file is lost."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ingest import leases, outcomes
from ingest.models import IngestJob
from ingest.pipeline import run, run_inline
from ingest.presenting import shown_jobs
from ingest.uploads import Accepted
from knowledge.documents import bring_back, delete_document
from knowledge.models import Collection, Document, DocumentVersion, Grant
from tests.conftest import ClientFor
from tests.ingest.conftest import Upload

ADAS, ALICES = "Ada earns 9,000 a month.", "What the team is paid by the hour."


@pytest.fixture
def closed(upload: Upload, people: SimpleNamespace) -> Document:
    """Ada's own document, which Alice may not read."""
    accepted = upload("salaries.txt", ADAS, by=people.ada)
    run_inline(accepted.version)
    Document.objects.filter(pk=accepted.document.pk).update(restricted=True)
    return accepted.document


def _words(document: Document) -> str:
    document.refresh_from_db()
    assert document.current is not None
    return document.current.pages.get().text


def test_a_closed_document_is_not_replaced_by_its_namesake_nor_told_of(
    upload: Upload, people: SimpleNamespace, closed: Document
) -> None:
    accepted = upload("salaries.txt", ALICES)
    first = upload("wages.txt", "Nothing has this name.")
    assert (accepted.outcome, accepted.message) == (first.outcome, first.message) == ("new", "Received.")
    assert (accepted.document.name, accepted.document.title) == ("salaries.txt", "Salaries")
    assert accepted.document.owner == people.alice
    run_inline(accepted.version)
    assert (_words(closed), _words(accepted.document)) == (ADAS, ALICES)
    assert list(Document.objects.visible_to(people.alice).filter(name="salaries.txt")) == [accepted.document]


def test_each_goes_on_with_their_own(upload: Upload, people: SimpleNamespace, closed: Document) -> None:
    hers = upload("salaries.txt", ALICES).document
    again = upload("salaries.txt", "Paid by the day from now on.")
    assert (again.document, again.version.number) == (hers, 2)
    adas = upload("salaries.txt", "Ada earns 9,500 a month.", by=people.ada)
    assert (adas.document, adas.version.number) == (closed, 2), "what is closed stays closed, for administrators too"


def test_what_an_owner_may_not_read_any_more_is_replaced_and_stays_closed(
    upload: Upload, people: SimpleNamespace
) -> None:
    hers = upload("salaries.txt", ALICES).document
    Document.objects.filter(pk=hers.pk).update(restricted=True)
    run_inline(DocumentVersion.objects.get())
    same = upload("salaries.txt", ALICES)
    assert (same.outcome, same.message) == ("duplicate", "This file is already here, so nothing was added.")
    again = upload("salaries.txt", "Paid by the day from now on.")
    assert (again.document, again.outcome) == (hers, "new_version")


def test_a_name_that_nobody_chose_does_not_tell_of_a_closed_document(
    client_for: ClientFor, people: SimpleNamespace, team: Collection, closed: Document
) -> None:
    Document.objects.filter(pk=closed.pk).update(name="salaries.md")
    form = {"title": "Salaries", "collection": team.pk, "text": "Nobody knows."}
    assert client_for(people.alice).post("/upload/write/", form).status_code == 302
    assert Document.objects.get(owner=people.alice).name == "salaries.md"


def test_a_deleted_document_comes_back_beside_its_namesake(
    upload: Upload, people: SimpleNamespace, closed: Document
) -> None:
    upload("salaries.txt", ALICES)
    delete_document(closed, people.ada)
    assert bring_back(closed.pk, people.ada)
    assert Document.objects.filter(name="salaries.txt", deleted__isnull=True).count() == 2


def test_the_bytes_of_a_closed_document_that_is_not_ready_do_not_count_as_here(
    upload: Upload, people: SimpleNamespace
) -> None:
    adas = upload("plans.txt", ADAS, by=people.ada)
    Document.objects.filter(pk=adas.document.pk).update(restricted=True)
    assert upload("plans.txt", ADAS).outcome == "new"


@pytest.fixture
def both(upload: Upload, people: SimpleNamespace) -> tuple[Accepted, IngestJob]:
    """Rita uploads what is still being read for Alice. Gives what she was told, and the job."""
    Grant.objects.filter(user=people.rita).update(role=Grant.Role.CURATOR)
    first = upload("rules.txt")
    assert first.job is not None
    return upload("my rules.txt", by=people.rita), first.job


def test_a_double_of_what_is_being_read_is_said_to_be(
    both: tuple[Accepted, IngestJob], people: SimpleNamespace
) -> None:
    told, job = both
    assert (told.outcome, told.job) == ("duplicate", job)
    assert told.message == "This file is already being read as “Rules”, so nothing was added."
    assert [view.id for view in shown_jobs(people.rita).jobs] == [job.pk]
    run_inline(told.version)
    job.refresh_from_db()
    assert job.state == IngestJob.State.DONE


@pytest.mark.parametrize("at_work", [False, True])
def test_cancelling_does_not_lose_what_another_uploaded(
    both: tuple[Accepted, IngestJob], people: SimpleNamespace, client_for: ClientFor, at_work: bool
) -> None:
    _, job = both
    hold = leases.take(job.pk, "worker") if at_work else None
    page = client_for(people.alice).post(f"/upload/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert "somebody else uploaded it too" in page
    job.refresh_from_db()
    assert (job.active, job.cancel_requested, job.uploaded_by) == (True, False, people.rita)
    assert shown_jobs(people.alice).jobs == ()
    assert Document.objects.get().owner == people.rita
    if hold is not None:
        IngestJob.objects.filter(pk=job.pk).update(lease_until=None, state=IngestJob.State.QUEUED)
    run(job.pk, "another worker")
    assert _words(Document.objects.get()) == "Lunch is at noon."


def test_the_last_one_who_wants_it_cancels_it(both: tuple[Accepted, IngestJob], people: SimpleNamespace) -> None:
    _, job = both
    assert not outcomes.request_cancel(job, people.rita), "it is still read for Alice"
    job.refresh_from_db()
    assert (job.active, job.uploaded_by) == (True, people.alice)
    assert outcomes.request_cancel(job, people.alice)
    assert DocumentVersion.objects.get().state == DocumentVersion.State.CANCELLED


def test_an_administrator_cancels_for_everybody(both: tuple[Accepted, IngestJob], people: SimpleNamespace) -> None:
    _, job = both
    assert outcomes.request_cancel(job, people.ada)
    assert DocumentVersion.objects.get().state == DocumentVersion.State.CANCELLED


def test_what_is_being_cancelled_is_not_here(upload: Upload, people: SimpleNamespace) -> None:
    first = upload("rules.txt")
    assert first.job is not None
    assert leases.take(first.job.pk, "worker") is not None
    outcomes.request_cancel(first.job, people.alice)
    again = upload("rules.txt", by=people.ada)
    assert (again.outcome, again.version.number) == ("new_version", 2)

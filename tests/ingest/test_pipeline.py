"""From bytes to passages, and what happens when something goes wrong on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from ingest import leases, outcomes, passages, pipeline, tasks
from ingest.lanes import QUICK_PAGES, QUICK_PASSAGES
from ingest.models import IngestJob
from ingest.pipeline import run, run_inline
from knowledge.documents import delete_document
from knowledge.embedding import get_embedder
from knowledge.errors import SearchUnavailable
from knowledge.models import Document, DocumentVersion, IndexChange, Page, Passage
from tests.ingest import files
from tests.ingest.conftest import Upload

State = IngestJob.State
VersionState = DocumentVersion.State

pytestmark = pytest.mark.django_db


def lapse(job: IngestJob) -> None:
    """The worker that held the job has been silent for longer than its lease."""
    IngestJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_a_pdf_becomes_searchable_passages_at_exact_places(upload: Upload) -> None:
    accepted = upload(
        "policy.pdf", files.pdf([["Travel", "Hotels cost at most 140 euros."], ["Food", "Lunch is free."]])
    )
    job = run_inline(accepted.version)
    assert (job.state, job.stage, job.error) == (State.DONE, IngestJob.Stage.READY, "")
    assert (job.pages_done, job.pages_total, job.passages_done, job.passages_total) == (2, 2, 2, 2)
    version = accepted.version
    assert (version.state, version.page_count, version.passage_count) == (VersionState.READY, 2, 2)
    assert (version.media_type, version.language) == ("application/pdf", "en")
    assert Document.objects.get().current == version
    embedder = get_embedder()
    for ordinal, passage in enumerate(version.passages.select_related("page")):
        assert passage.ordinal == ordinal
        assert passage.page.text[passage.start : passage.end] == passage.text
        assert passage.model_id == embedder.model_id
        vector = np.frombuffer(passage.vector, dtype="<f4")
        assert vector.shape == (embedder.dimension,)
        assert abs(float(np.linalg.norm(vector)) - 1) < 1e-4
    assert [p.heading_path for p in version.passages.all()] == [["Travel"], ["Food"]]


def test_slides_and_sheets_keep_their_kind_and_label(upload: Upload) -> None:
    run_inline(upload("board.pptx", files.pptx()).version)
    run_inline(upload("prices.xlsx", files.xlsx()).version)
    kinds = Page.objects.order_by("pk").values_list("kind", "number", "label")
    assert list(kinds) == [
        ("slide", 1, "Results 2026"),
        ("slide", 2, "Outlook"),
        ("sheet", 1, "Prices"),
        ("sheet", 2, "Depots"),
    ]


def test_a_second_run_leaves_one_set_of_passages(upload: Upload) -> None:
    version = upload("handbook.docx", files.docx()).version
    job = run_inline(version)
    before = set(version.passages.values_list("pk", "ordinal", "text"))
    run_inline(version)
    run(job.pk, uuid.uuid4().hex)
    assert set(version.passages.values_list("pk", "ordinal", "text")) == before
    assert IndexChange.objects.filter(version_id=version.pk).count() == 1


def test_a_run_after_a_crash_begins_again_and_keeps_nothing_twice(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = upload("handbook.docx", files.docx()).version

    def crash(version: DocumentVersion) -> None:
        raise MemoryError

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(pipeline, "publish_version", crash)
        run_inline(version)
    job = IngestJob.objects.get()
    assert (job.state, job.attempts) == (State.RUNNING, 1)
    assert Page.objects.exists()
    assert not Passage.objects.exists()
    assert run_inline(version).attempts == 1, "its lease has not ended yet"
    lapse(job)
    assert run_inline(version).state == State.DONE
    assert Page.objects.count() == 1
    assert version.passages.count() == version.passage_count


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text the model was given, in order."""
    texts: list[str] = []
    real = type(get_embedder()).embed_documents

    def listen(self: Any, given: Any) -> Any:
        texts.extend(given)
        return real(self, given)

    monkeypatch.setattr(type(get_embedder()), "embed_documents", listen)
    return texts


def test_vectors_are_not_computed_twice_for_the_same_words(upload: Upload, embedded: list[str]) -> None:
    first = upload("notes.md", "# Notes\n\n## One\n\nThe depot opens at six.\n\n## Two\n\nThe depot closes at nine.")
    run_inline(first.version)
    embedded.clear()
    second = upload("notes.md", "# Notes\n\n## One\n\nThe depot opens at six.\n\n## Two\n\nThe depot closes at ten.")
    run_inline(second.version)
    assert len(embedded) == 1
    assert "closes at ten" in embedded[0]
    assert second.version.passages.count() == 2


def test_editing_one_page_of_a_hundred_embeds_that_page_again_and_no_other(upload: Upload, embedded: list[str]) -> None:
    pages = [[f"Chapter {n}", f"In room {n} the pump is looked at by team {n} every {n} days."] for n in range(100)]
    first = upload("manual.pdf", files.pdf(pages)).version
    run_inline(first)
    cost = len(embedded)
    assert cost == first.passages.count() == 100
    embedded.clear()
    pages[50][1] = "In room 50 nobody looks at the pump any more."
    second = upload("manual.pdf", files.pdf(pages)).version
    run_inline(second)
    assert [text.rsplit("\n", 1)[-1] for text in embedded] == [pages[50][1]]
    assert len(embedded) <= 0.05 * cost
    assert Document.objects.get().current == second
    assert second.passages.count() == 100


def test_the_same_words_in_several_documents_are_embedded_once(upload: Upload, embedded: list[str]) -> None:
    words = "# Fire\n\nLeave the building and meet at the gate."
    for name in ("north/fire.md", "south/fire.md"):
        run_inline(upload(name, f"{words}{' ' * len(name)}\n").version)
    run_inline(upload("west.md", f"{words}\n\n# Water\n\nClose the valve.\n\n# Fire\n\nCall 112.").version)
    assert len(embedded) == len(set(embedded))


def test_a_long_job_leaves_the_quick_lane_without_having_failed(upload: Upload) -> None:
    book = files.pdf([[f"Page {n}", f"Words of page {n}."] for n in range(QUICK_PAGES + 1)])
    by_pages = upload("book.pdf", book)
    by_passages = upload("rules.md", "".join(f"## Rule {n}\n\nRoom {n}.\n\n" for n in range(QUICK_PASSAGES + 1)))
    for accepted in (by_pages, by_passages):
        job = accepted.job
        assert job is not None
        assert run(job.pk, "quick worker", quick=True)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.lease_token, job.enqueued) == (State.QUEUED, 0, "", None)
        assert not Passage.objects.exists()
    assert run_inline(by_pages.version).state == State.DONE
    assert by_pages.version.passages.count() == QUICK_PAGES + 1


def test_a_long_document_of_which_little_is_new_stays_in_the_quick_lane(upload: Upload) -> None:
    rules = "".join(f"## Rule {n}\n\nRoom {n}.\n\n" for n in range(QUICK_PASSAGES + 1))
    run_inline(upload("rules.md", rules).version)
    job = upload("rules.md", rules.replace("Room 7.", "Room 8.")).job
    assert job is not None
    assert not run(job.pk, "quick worker", quick=True)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_new_version_replaces_the_old_one_when_it_is_ready(upload: Upload) -> None:
    old = upload("rules.txt", "Lunch is at noon.")
    run_inline(old.version)
    new = upload("rules.txt", "Lunch is at one.")
    document = Document.objects.get()
    assert document.current == old.version
    run_inline(new.version)
    document.refresh_from_db()
    assert document.current == new.version
    assert list(Passage.objects.searchable().values_list("text", flat=True)) == ["Lunch is at one."]


@pytest.mark.parametrize("data", [files.scanned_pdf(), files.encrypted_pdf("word")])
def test_a_new_version_that_cannot_be_read_leaves_the_old_one_answering(upload: Upload, data: bytes) -> None:
    old = upload("rules.pdf", files.pdf([["Rules", "Lunch is at noon."]]))
    run_inline(old.version)
    job = run_inline(upload("rules.pdf", data).version)
    assert job.state == State.FAILED
    assert job.error_code in {"no_text", "encrypted"}
    assert job.error.startswith("This ")
    assert Document.objects.get().current == old.version
    assert Passage.objects.searchable().count() == 1


def test_a_first_version_that_cannot_be_read_leaves_a_document_without_content(upload: Upload) -> None:
    accepted = upload("scan.pdf", files.scanned_pdf())
    job = run_inline(accepted.version)
    assert (job.state, job.error_code, accepted.version.state) == (State.FAILED, "no_text", VersionState.FAILED)
    assert job.attempts == 1, "trying again would not help, so it is not tried"
    assert Document.objects.get().current is None
    assert not Page.objects.exists()


def test_a_version_overtaken_by_a_newer_one_does_not_take_over(upload: Upload) -> None:
    slow, fast = upload("rules.txt", "Lunch is at noon."), upload("rules.txt", "Lunch is at one.")
    run_inline(fast.version)
    run_inline(slow.version)
    assert Document.objects.get().current == fast.version


def test_only_one_worker_has_a_job(upload: Upload) -> None:
    job = upload().job
    assert job is not None
    assert leases.take(job.pk, "first") is not None
    assert leases.take(job.pk, "second") is None
    lapse(job)
    second = leases.take(job.pk, "second")
    assert second is not None
    with pytest.raises(leases.LeaseLost):
        leases.Hold(job.pk, "first").confirm(pages_done=7)
    second.confirm(pages_done=3)
    job.refresh_from_db()
    assert (job.pages_done, job.attempts) == (3, 2)


def test_a_worker_that_lost_its_job_writes_nothing_more(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = upload("handbook.docx", files.docx())
    job = accepted.job
    assert job is not None
    real = passages.embed

    def slow(*args: Any) -> Any:
        result = real(*args)
        IngestJob.objects.filter(pk=job.pk).update(lease_token="another worker")
        return result

    monkeypatch.setattr(passages, "embed", slow)
    run(job.pk, "first")
    job.refresh_from_db()
    assert (job.state, job.lease_token) == (State.RUNNING, "another worker")
    assert not Passage.objects.exists()


def test_a_failure_that_may_pass_is_tried_again_with_pauses_and_then_given_up(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model() -> None:
        raise SearchUnavailable("The embedding model cannot be loaded.")

    accepted = upload()
    with monkeypatch.context() as patch:
        patch.setattr("ingest.passages.get_embedder", no_model)
        for attempt in (1, 2):
            job = run_inline(accepted.version)
            assert (job.state, job.attempts) == (State.QUEUED, attempt)
            assert run_inline(accepted.version).attempts == attempt, "it pauses first"
            lapse(job)
        job = run_inline(accepted.version)
    assert (job.state, job.error) == (State.FAILED, "The embedding model cannot be loaded.")
    assert outcomes.retry(job)
    assert run_inline(accepted.version).state == State.DONE


def test_a_locked_database_is_a_failure_that_may_pass(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(version: DocumentVersion) -> None:
        raise OperationalError("database is locked")

    accepted = upload()
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "publish_version", locked)
        assert run_inline(accepted.version).state == State.QUEUED


def test_a_waiting_job_is_cancelled_at_once(upload: Upload) -> None:
    accepted = upload()
    assert accepted.job is not None
    outcomes.request_cancel(accepted.job)
    job = run_inline(accepted.version)
    assert (job.state, accepted.version.state) == (State.CANCELLED, VersionState.CANCELLED)


@pytest.mark.parametrize("stage", ["reading", "embedding"])
def test_a_running_job_is_cancelled_by_its_worker(upload: Upload, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    accepted = upload("long.pdf", files.pdf([["Page", f"Words of page {n}."] for n in range(30)]))
    real = leases.Hold.enter

    def enter(hold: leases.Hold, entered: IngestJob.Stage) -> None:
        if entered == stage:
            outcomes.request_cancel(IngestJob.objects.get())
        real(hold, entered)

    monkeypatch.setattr(leases.Hold, "enter", enter)
    job = run_inline(accepted.version)
    assert (job.state, accepted.version.state) == (State.CANCELLED, VersionState.CANCELLED)
    assert not Page.objects.exists()
    assert not Passage.objects.exists()


def test_a_document_deleted_while_it_is_read_stays_deleted(
    upload: Upload, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = upload()
    real = passages.embed

    def delete(*args: Any) -> Any:
        delete_document(accepted.document, people.alice)
        return real(*args)

    monkeypatch.setattr(passages, "embed", delete)
    assert run_inline(accepted.version).state == State.CANCELLED
    assert not Passage.objects.exists()
    assert not IndexChange.objects.exists()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Jobs the sweeper sends, with a queue in which nothing waits."""
    ids: list[uuid.UUID] = []

    def send(job_id: uuid.UUID) -> bool:
        ids.append(job_id)
        return True

    monkeypatch.setattr(tasks, "enqueue_job", send)
    monkeypatch.setattr(tasks, "_messages", lambda: 0)
    return ids


def test_the_sweeper_sends_what_was_lost_and_what_a_dead_worker_left(upload: Upload, sent: list[uuid.UUID]) -> None:
    lost, held, left, just_sent = (upload(f"{n}.txt", f"Words {n}.").job for n in range(4))
    assert lost and held and left and just_sent
    leases.take(held.pk, "alive")
    leases.take(left.pk, "dead")
    lapse(left)
    IngestJob.objects.filter(pk=just_sent.pk).update(enqueued=Now())
    assert tasks.sweep() == 2
    assert set(sent) == {lost.pk, left.pk}


def test_a_file_that_always_kills_its_worker_is_given_up(upload: Upload, sent: list[uuid.UUID]) -> None:
    accepted = upload()
    job = accepted.job
    assert job is not None
    for _ in range(3):
        assert leases.take(job.pk, "doomed") is not None
        lapse(job)
    assert leases.take(job.pk, "fourth") is None
    assert tasks.sweep() == 0
    job.refresh_from_db()
    assert (job.state, job.error_code) == (State.FAILED, "crashed")
    assert "3 times" in job.error
    assert DocumentVersion.objects.get().state == VersionState.FAILED


def test_a_cancelled_job_of_a_dead_worker_is_ended_by_the_sweeper(upload: Upload, sent: list[uuid.UUID]) -> None:
    job = upload().job
    assert job is not None
    leases.take(job.pk, "dead")
    outcomes.request_cancel(job)
    lapse(job)
    tasks.sweep()
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_pages_without_text_are_noted(upload: Upload) -> None:
    data = files.pdf([["One", "First page."], [], ["Three", "Third page."]])
    job = run_inline(upload("gaps.pdf", data).version)
    assert job.state == State.DONE
    assert job.note == "Page 2 held no text (blank, or pictures only)."


def test_a_missing_blob_is_a_sentence(upload: Upload, blobs: Callable[[], Any]) -> None:
    accepted = upload()
    accepted.version.blob.storage.delete(str(accepted.version.blob.name))
    job = run_inline(accepted.version)
    assert (job.state, job.error_code) == (State.FAILED, "damaged")
    assert "missing" in job.error

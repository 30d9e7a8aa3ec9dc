"""A very long PDF: the memory of its child stays bounded, its progress is shown, and it can be cancelled. 300 pages
every day, 5,000 with ``-m full``."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from ingest import outcomes
from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.reading import Begun
from knowledge.models import DocumentVersion, Page, Passage
from tests.ingest import files
from tests.ingest.conftest import Upload
from tests.ingest.conftest import upload as upload

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOST_MEMORY = 1536 * 1024**2
LONGEST_SILENCE = 5.0  # seconds between two signs of progress that a person sees


def book(pages: int) -> bytes:
    """The same words on every page, so that embedding costs little and reading everything."""
    return files.pdf([["Rules"] + ["Doors close at six. Lunch is at noon."] * 12] * pages)


class Watch:
    """Looks at a job again and again while it runs, as the upload page does. A context manager."""

    def __init__(self, version: DocumentVersion) -> None:
        self.version = version
        self.seen: list[tuple[float, str, int, int]] = []  # when, stage, pages done, passages done
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(0.05):
            row = IngestJob.objects.filter(version=self.version, state="running").values_list(
                "stage", "pages_done", "passages_done"
            )
            for stage, pages, passages in row:
                if not self.seen or self.seen[-1][1:] != (stage, pages, passages):
                    self.seen.append((time.monotonic(), stage, pages, passages))
        connection.close()

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def longest_silence(self) -> float:
        times = [when for when, *_ in self.seen]
        return max((after - before for before, after in pairwise(times)), default=0.0)


def read(upload: Upload, pages: int) -> tuple[Watch, int]:
    version = upload("book.pdf", book(pages)).version
    with Watch(version) as watch, Begun(version) as begun:
        job = run_inline(version, begun)
    assert (job.state, version.page_count) == (IngestJob.State.DONE, pages)
    assert [row[2] for row in watch.seen] == sorted(row[2] for row in watch.seen)
    assert len({row[2] for row in watch.seen}) > 2, "pages are counted while they are read"
    return watch, begun.work.peak_bytes


def test_a_long_document_is_read_in_little_memory(upload: Upload) -> None:
    _, small = read(upload, 100)
    version = upload("longer.pdf", book(400)).version
    with Begun(version) as begun:
        run_inline(version, begun)
    large = begun.work.peak_bytes
    assert 0 < large < small + 64 * 1024**2, "memory does not grow with the pages"


@pytest.mark.full
def test_five_thousand_pages(upload: Upload) -> None:
    watch, peak = read(upload, 5000)
    assert peak < MOST_MEMORY
    assert watch.longest_silence() < LONGEST_SILENCE


def cancelled_after(upload: Upload, pages: int) -> float:
    """Seconds from the wish to the end."""
    version = upload("unwanted.pdf", book(pages)).version
    asked = [0.0]

    def cancel() -> None:
        try:
            while not IngestJob.objects.filter(version=version, pages_done__gt=0).exists():
                time.sleep(0.05)
            asked[0] = time.monotonic()
            outcomes.request_cancel(IngestJob.objects.get(version=version))
        finally:
            connection.close()

    thread = threading.Thread(target=cancel)
    thread.start()
    job: Any = run_inline(version)
    ended = time.monotonic()
    thread.join()
    assert job.state == IngestJob.State.CANCELLED
    assert 0 < job.pages_done < pages, "it was not read to its end first"
    assert not Page.objects.filter(version=version).exists()
    assert not Passage.objects.filter(version=version).exists()
    return ended - asked[0]


def test_a_long_document_can_be_cancelled_while_it_is_read(upload: Upload) -> None:
    """However quickly its pages come and are saved."""
    cancelled_after(upload, 800)


@pytest.mark.full
def test_five_thousand_pages_are_cancelled_within_five_seconds(upload: Upload) -> None:
    assert cancelled_after(upload, 5000) < 5

"""The first stage: the file is read in a child process and its pages are saved as they come."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.fields.files import FieldFile

from ingest.leases import Hold
from ingest.models import IngestJob
from ingest.parsers.base import Heading, ParsedPage
from ingest.titles import own_title
from knowledge.errors import UnreadableDocument
from knowledge.models import DocumentVersion, Page, Passage
from knowledge.sandbox import Limits, Work

_PAGES_AT_ONCE = 50
_SECONDS_BETWEEN_SAVES = 1.0
_NAMED_PAGES = 8


@dataclass(slots=True)
class Reading:
    """What was read, but for the texts, which are in the database. ``headings`` by page number; ``title`` is what
    the document calls itself, "" when it does not.
    """

    media_type: str = ""
    title: str = ""
    pages: int = 0
    headings: dict[int, tuple[Heading, ...]] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # each sentence once, in order

    def note(self) -> str:
        """What a person should know about pages that gave nothing, or not all that should be on them."""
        parts = []
        if self.damaged:
            parts.append(f"{_pages(self.damaged)} could not be read because of damage; the rest was.")
        if self.blank:
            parts.append(f"{_pages(self.blank)} held no text (blank, or pictures only).")
        return " ".join([*parts, *self.notes])


class Begun:
    """A file that is being read in a child. The child goes on by itself, until as much is read as its pipe holds,
    so a file can be begun while the one before it is still being embedded.

    A context manager, which ends the child.
    """

    def __init__(self, version: DocumentVersion) -> None:
        """Raises UnreadableDocument when the stored file is missing, TransientError when no child can be had."""
        limits = Limits(settings.PARSE_MEMORY_BYTES, settings.PARSE_CPU_SECONDS, settings.PARSE_WALL_SECONDS)
        with ExitStack() as stack:
            path = stack.enter_context(_local(version.blob))
            self.work = stack.enter_context(
                Work(
                    "ingest.parsers:read_file",
                    str(path),
                    version.filename,
                    limits=limits,
                    workplace=settings.FILE_UPLOAD_TEMP_DIR,
                    ahead="ingest.parsers.ahead",
                )
            )
            self._ending = stack.pop_all()

    def __enter__(self) -> Begun:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Again: changes nothing."""
        self._ending.close()


def read_version(hold: Hold, version: DocumentVersion, begun: Begun | None = None) -> Reading:
    """Replaces the version's pages by what its file holds; ``begun`` when its file is being read already.

    Raises UnreadableDocument, Cancelled, LeaseLost, TransientError.
    """
    hold.enter(IngestJob.Stage.READING)
    with transaction.atomic():
        hold.confirm()
        Passage.objects.filter(version=version).delete()
        Page.objects.filter(version=version).delete()
    saver = _Saver(hold, version)
    with begun or Begun(version) as reading:
        reading.work.result(saver.receive, saver.pause)
    saver.flush()
    return saver.reading


class _Saver:
    """Takes the child's messages and saves pages in batches, each on condition that the job is still ours."""

    def __init__(self, hold: Hold, version: DocumentVersion) -> None:
        self.reading = Reading()
        self._hold = hold
        self._version = version
        self._waiting: list[Page] = []
        self._saved = time.monotonic()
        self._stated = ""

    def receive(self, message: dict[str, Any]) -> None:
        if "media_type" in message:
            self.reading.media_type = message["media_type"]
            self._stated = str(message["title"])
            self._hold.tick(pages_total=message["pages"])
            self._hold.expect(pages=message["pages"])
            return
        page = ParsedPage.from_json(message)
        reading = self.reading
        reading.pages += 1
        if page.number == 1:
            reading.title = own_title(self._stated, page, self._version.filename)
        if page.headings:
            reading.headings[page.number] = page.headings
        if not page.readable:
            reading.damaged.append(page.number)
        elif not page.text:
            reading.blank.append(page.number)
        reading.notes.update(dict.fromkeys(page.notes))
        self._waiting.append(
            Page(version=self._version, number=page.number, kind=page.kind, label=page.label, text=page.text)
        )
        if len(self._waiting) >= _PAGES_AT_ONCE or time.monotonic() - self._saved > _SECONDS_BETWEEN_SAVES:
            self.flush()

    def pause(self) -> bool:
        """Asked by the sandbox several times a second: raises what ends the work, which also ends the child."""
        self._hold.tick()
        return False

    def flush(self) -> None:
        with transaction.atomic():
            self._hold.confirm(pages_done=self.reading.pages)
            Page.objects.bulk_create(self._waiting)
        self._waiting = []
        self._saved = time.monotonic()


@contextmanager
def _local(blob: FieldFile) -> Iterator[Path]:
    """The file on this machine's disk, copied there when it is kept elsewhere."""
    try:
        path = Path(blob.path)
    except NotImplementedError:
        with (
            tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy,
            blob.open("rb") as source,
        ):
            shutil.copyfileobj(source, copy)
            copy.flush()
            yield Path(copy.name)
        return
    if not path.is_file():
        raise UnreadableDocument("damaged", "The stored file is missing. Upload it again, and tell your administrator.")
    yield path


def _pages(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NAMED_PAGES])) + (" and others" if len(numbers) > _NAMED_PAGES else "")
    return f"Page {shown}" if len(numbers) == 1 else f"Pages {shown}"

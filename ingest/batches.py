"""Many files at once, for the command line: which files, what became of each."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.files import File

from accounts.models import User
from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.reading import Begun
from ingest.uploads import Accepted, UploadRefused, accept_upload
from knowledge.errors import FootnoteError
from knowledge.models import Collection, DocumentVersion

UNREACHABLE = "The workers cannot be reached; reading starts by itself when they are back."


@dataclass(slots=True)
class Row:
    """One file. ``state`` is ready, failed, cancelled or queued; ``error`` says in words why it is not ready."""

    path: str
    document_id: str | None = None
    state: str = "failed"
    pages: int = 0
    passages: int = 0
    seconds: float = 0.0
    error: str = ""
    version: DocumentVersion | None = None
    began: float = 0.0

    def as_json(self) -> dict[str, Any]:
        names = ("path", "document_id", "state", "pages", "passages", "seconds", "error")
        return {name: getattr(self, name) for name in names}


def find_files(paths: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """(file, name to keep) of every file named and of all files in every folder named, hidden ones left out.

    Files of a folder keep the folder in their name, as when a folder is dragged onto the upload page.
    """
    for given in paths:
        path = Path(given)
        if not path.is_dir():
            yield path, path.name
            continue
        root = path.resolve()
        for file in sorted(root.rglob("*")):
            inner = file.relative_to(root)
            if file.is_file() and not any(part.startswith(".") for part in inner.parts):
                yield file, str(Path(root.name) / inner)


def take_in(file: Path, name: str, user: User, collection: Collection, send: bool) -> Row:
    """Uploads one file as this person would."""
    row = Row(os.fsencode(file).decode(errors="replace"), began=time.monotonic())
    try:
        with file.open("rb") as stream:
            accepted = accept_upload(user=user, collection=collection, name=name, file=File(stream), send=send)
    except FileNotFoundError:
        row.error = "There is no such file."
    except UploadRefused as error:
        row.error = str(error)
    except OSError as error:
        row.error = f"The file cannot be opened: {error.strerror}."
    else:
        begin(row, accepted)
    return row


def begin(row: Row, accepted: Accepted) -> None:
    row.document_id = str(accepted.document.pk)
    row.version = accepted.version
    row.state = "queued"
    row.error = "" if accepted.sent else UNREACHABLE
    if accepted.job is None:
        settle(row)


def read_all_here(rows: Iterable[Row]) -> Iterator[Row]:
    """Does the work on the rows' versions in this process, or looks up what became of them. While one file is
    embedded, the next one is taken from ``rows`` and already being read.
    """
    following: tuple[Row, Begun | None] | None = None
    try:
        for row in chain(rows, [None]):
            current, following = following, None if row is None else (row, _begin_reading(row))
            if current is not None:
                _read_here(*current)
                yield current[0]
    finally:
        if following is not None and following[1] is not None:
            following[1].close()


def _begin_reading(row: Row) -> Begun | None:
    if row.version is None or row.state != "queued":
        return None
    # What stands in the way is met again, and told, when its turn comes.
    with suppress(FootnoteError):
        return Begun(row.version)
    return None


def _read_here(row: Row, begun: Begun | None) -> None:
    if row.version is None or row.state != "queued":
        return
    with begun or nullcontext():
        row.began = time.monotonic()
        while run_inline(row.version, begun).active:
            begun = None
            time.sleep(0.5)  # a worker has it, or it pauses after a failure that may pass
        settle(row)


def settle(row: Row) -> bool:
    """Copies what the database says of the row's version. True when nothing more will happen to it."""
    known = row.version.pk if row.version is not None else 0
    version = DocumentVersion.objects.select_related("job").filter(pk=known).first()
    if version is None:
        row.state, row.error = "cancelled", "The document was deleted meanwhile."
        return True
    job: IngestJob | None = getattr(version, "job", None)
    row.pages, row.passages = version.page_count, version.passage_count
    row.seconds = round(time.monotonic() - row.began, 2)
    if version.state == DocumentVersion.State.PROCESSING and job is not None and job.active:
        row.state = "queued"
        return False
    row.state = str(version.state)
    row.error = job.error if job is not None else ""
    if row.state == DocumentVersion.State.CANCELLED and not row.error:
        row.error = "The work was cancelled."
    return True

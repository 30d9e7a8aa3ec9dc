"""What was erased, kept beside the backups: a restore must not bring back what somebody asked to be gone.

One line for each, ids and times only: kind, id, for people since when they were there, and when it was erased. A number
can be given to somebody new after a restore, so a person is known by number and beginning together. Lines that were
written before there were times have kind and id alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from accounts.models import Erasure

_NAME = "erased.json"
# A person's erasure is timed before its transaction ends, so a backup made soon after that moment can still have them.
_STILL_RUNNING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Erased:
    """``at`` is when it was erased, at the latest; ``began`` is for people, None where it was not written down."""

    kind: str
    object_id: str
    began: datetime | None
    at: datetime

    def before(self, backup: datetime) -> bool:
        """Whether a backup made then cannot have it: what bears its name there is something else."""
        return self.at < backup - _STILL_RUNNING

    def means(self, joined: datetime) -> bool:
        """Whether it was the person who joined then, and not another one who was given the same number."""
        return joined <= self.at if self.began is None else joined == self.began


def known(folder: Path) -> set[Erased]:
    """Everything that was erased, as far as this folder was told."""
    path = folder / _NAME
    if not path.is_file():
        return set()
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {_read(row, written) for row in json.loads(path.read_text())}


def note(folder: Path) -> None:
    """Adds what this installation deleted."""
    before = known(folder)
    told = {(row.kind, row.object_id, row.began) for row in before}
    fresh = {row for row in _gone() if (row.kind, row.object_id, row.began) not in told}
    if fresh:
        _write(folder, before | fresh)


def _gone() -> Iterable[Erased]:
    # A document that can still be brought back is not gone: it has its rows, and nothing remains to be removed.
    rows = Erasure.objects.filter(~Q(remains={}) | Q(erased__isnull=False) | Q(kind=Erasure.Kind.PERSON))
    for row in rows.iterator(chunk_size=1000):
        # People go at once; a document's rows go later than it was asked for.
        at = row.asked if row.kind == Erasure.Kind.PERSON else row.erased or timezone.now()
        yield Erased(row.kind, row.object_id, row.began, at)


def _read(row: list[str | None], written: datetime) -> Erased:
    kind, object_id, began, at = [*row, None, None][:4]
    return Erased(str(kind), str(object_id), _moment(began), _moment(at) or written)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _write(folder: Path, rows: Iterable[Erased]) -> None:
    lines = [
        [row.kind, row.object_id, row.began.isoformat() if row.began else None, row.at.isoformat()] for row in rows
    ]
    temporary = folder / f".{_NAME}.{os.getpid()}"
    temporary.write_text(json.dumps(sorted(lines, key=str), indent=0))
    temporary.chmod(0o600)
    temporary.replace(folder / _NAME)

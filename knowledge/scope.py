"""Which documents a person may be answered from: the read rule's answer, remembered for as long as it holds.

It is remembered for each person with the marks of ``knowledge/stamps.py``, which are read from the database at every
question, before anything else. If they are those of last time, nothing that the rule depends on has changed. If only
some parts of the documents were marked, the rule is asked for those parts; after any other change for all of them.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from weakref import WeakValueDictionary

import numpy as np
from cachetools import LRUCache
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import User
from knowledge import stamps
from knowledge.models import Document, has_begun
from knowledge.stamps import ACCESS, PARTS, Stamps, part_of

# Documents in all remembered scopes together: 64 MB at most, less where people see the same.
_REMEMBERED = 8_000_000
_AT_LEAST = 4_000  # as many take what one person's parts and marks take whatever they see, some 30 kB
# Up to so many parts are read one by one.
_FEW_PARTS = 16
_CHUNK = 500
_Row = tuple[uuid.UUID, int, int, uuid.UUID | None, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents a person may be answered from, by their current versions (a read-only array)."""

    versions: NDArray[np.int64]
    collections: tuple[int, ...]
    replaced: frozenset[uuid.UUID]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one person sees of one part; ``replacements`` are (document, what replaces it)."""

    versions: NDArray[np.int64]
    collections: frozenset[int]
    languages: frozenset[str]
    replacements: tuple[tuple[uuid.UUID, uuid.UUID], ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """``day``: a replacement may begin with the next one, and no row changes at midnight."""

    day: date
    stamps: Stamps
    parts: dict[str, _Part]
    scope: Scope


_NOTHING = _Part(np.zeros(0, dtype=np.int64), frozenset(), frozenset(), ())
# One that is too large by itself is kept alone.
_held: LRUCache[int, _Held] = LRUCache(
    _REMEMBERED, getsizeof=lambda one: min(max(len(one.scope.versions), _AT_LEAST), _REMEMBERED)
)
# People who see the same share one array, and with it what the index made of it.
_arrays: WeakValueDictionary[bytes, NDArray[np.int64]] = WeakValueDictionary()
_lock = threading.Lock()


def visible_scope(user: User) -> Scope:
    """What the read rule gives at this moment."""
    today = timezone.localdate()  # before the rows: what is read over midnight is yesterday's, and read again
    marks = stamps.read(connection) if user.is_active else None
    if marks is None:
        return fresh_scope(user)
    with _lock:
        held = _held.get(user.pk)
    if held is not None and held.stamps == marks and held.day == today:
        return held.scope
    usable = held.parts if held is not None and held.stamps[ACCESS] == marks[ACCESS] else {}
    before = held.stamps if held is not None else {}
    changed = [part for part in PARTS if part not in usable or before.get(part) != marks.get(part)]
    found = _Held(today, marks, *_composed(user, {**usable, **_read(user, changed)}))
    with _lock:
        _held[user.pk] = found
    return found.scope


def fresh_scope(user: User) -> Scope:
    """The same, with nothing remembered."""
    return _composed(user, _read(user, PARTS))[1]


def _read(user: User, parts: Iterable[str]) -> dict[str, _Part]:
    wanted = list(parts)
    rows: dict[str, list[_Row]] = {part: [] for part in wanted}
    for row in _rows(user, wanted):
        if (part := part_of(row[0])) in rows:
            rows[part].append(row)
    return {part: _part(mine) for part, mine in rows.items()}


def _rows(user: User, parts: list[str]) -> Iterator[_Row]:
    visible = (
        Document.objects.visible_to(user)
        .filter(current__isnull=False)
        .order_by()
        .values_list("pk", "current_id", "collection_id", "superseded_by_id", "current__language")
    )
    if len(parts) > _FEW_PARTS:
        yield from visible.iterator(chunk_size=4096)
        return
    for part in parts:
        yield from visible.filter(pk__range=(uuid.UUID(part + "0" * 30), uuid.UUID(part + "f" * 30)))


def _part(rows: list[_Row]) -> _Part:
    if not rows:
        return _NOTHING  # most of them, in a small company
    return _Part(
        versions=np.array(sorted(row[1] for row in rows), dtype=np.int64),
        collections=frozenset(row[2] for row in rows),
        languages=frozenset(row[4] or "en" for row in rows),
        replacements=tuple((row[0], row[3]) for row in rows if row[3] is not None),
    )


def _composed(user: User, parts: dict[str, _Part]) -> tuple[dict[str, _Part], Scope]:
    """The parts, and what they are together."""
    versions = _shared(np.concatenate([parts[part].versions for part in PARTS]))
    end, own = 0, {}
    for name in PARTS:
        part = parts[name]
        start, end = end, end + len(part.versions)
        # A view of the shared array: what a person sees is in memory once.
        own[name] = _Part(versions[start:end], part.collections, part.languages, part.replacements)
    scope = Scope(
        versions=versions,
        collections=tuple(sorted(set().union(*(part.collections for part in parts.values())))),
        replaced=_replaced(user, [pair for part in parts.values() for pair in part.replacements]),
        languages=tuple(sorted({"en"}.union(*(part.languages for part in parts.values())))),
    )
    return own, scope


def _shared(versions: NDArray[np.int64]) -> NDArray[np.int64]:
    versions.flags.writeable = False
    digest = hashlib.sha256(versions.tobytes()).digest()
    with _lock:
        return _arrays.setdefault(digest, versions)


def _replaced(user: User, pairs: list[tuple[uuid.UUID, uuid.UUID]]) -> frozenset[uuid.UUID]:
    """A replacement that is hidden from this person, or that is not in force yet, must not show in how its predecessor
    is treated."""
    wanted = list({by for _, by in pairs})
    visible: set[uuid.UUID] = set()
    answering = Document.objects.visible_to(user).filter(has_begun(), current__isnull=False).order_by()
    for start in range(0, len(wanted), _CHUNK):
        visible.update(answering.filter(pk__in=wanted[start : start + _CHUNK]).values_list("pk", flat=True))
    return frozenset(document for document, by in pairs if by in visible)

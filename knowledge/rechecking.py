"""Whether passages may still be shown to somebody, asked of the database again and again while an answer is made.

The read rule decides for each document. What it decided is remembered with the marks of ``stamps.py`` for access and
for the document's part, and holds only while the marks in the database are those very ones, which every call reads
first.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from cachetools import LRUCache
from django.db import connection

from accounts.models import User
from knowledge import stamps
from knowledge.models import Document, Passage
from knowledge.stamps import ACCESS, Marks, part_of

_KEPT = 50_000  # decisions, of all people together
_AT_ONCE = 400  # a database takes so many ids in one question


@dataclass(frozen=True, slots=True)
class _Decided:
    marks: tuple[Marks, Marks]
    visible: bool


_lock = threading.Lock()
_decided: LRUCache[tuple[int, uuid.UUID], _Decided] = LRUCache(_KEPT)


def still_visible(user: User, passage_ids: Iterable[int]) -> set[int]:
    """Which of these passages the person may see at this moment."""
    ids = list(passage_ids)
    of: dict[int, uuid.UUID] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = Passage.objects.filter(pk__in=ids[start : start + _AT_ONCE]).order_by()
        of.update(rows.values_list("pk", "version__document_id"))
    visible = still_readable(user, set(of.values()))
    return {passage for passage, document in of.items() if document in visible}


def still_readable(user: User, documents: set[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these documents the person may see at this moment."""
    if not documents or not user.is_active:
        return set()
    marks = stamps.read_parts(connection, {part_of(document) for document in documents})
    if marks is None:
        return _by_the_rule(user, documents)
    now = {document: (marks[ACCESS], marks.get(part_of(document), ())) for document in documents}
    with _lock:
        held = {document: _decided.get((user.pk, document)) for document in documents}
    known = {document: one.visible for document, one in held.items() if one is not None and one.marks == now[document]}
    unknown = documents - known.keys()
    if unknown:
        found = _by_the_rule(user, unknown)
        known.update((document, document in found) for document in unknown)
        with _lock:
            for document in unknown:
                _decided[user.pk, document] = _Decided(now[document], known[document])
    return {document for document, visible in known.items() if visible}


def _by_the_rule(user: User, documents: set[uuid.UUID]) -> set[uuid.UUID]:
    wanted, found = list(documents), set[uuid.UUID]()
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Document.objects.visible_to(user).filter(pk__in=wanted[start : start + _AT_ONCE]).order_by()
        found.update(rows.values_list("pk", flat=True))
    return found

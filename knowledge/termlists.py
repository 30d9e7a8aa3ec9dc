"""What this process remembers of the full-text index: where each term stands, as read-only arrays.

Every change of the index draws a new mark by chance, in the change's own transaction (``stamps.touch_words``). The mark
is read before anything else, at every question, and what is remembered counts for that mark only: after a change, also
one made by another process, everything is read anew. A mark never comes again for another state, not after a change
that was rolled back either. When there is no mark, nothing is remembered.

Rows are the same for everybody. Who may see what is decided after this, by ``lexical.py``.
"""

from __future__ import annotations

import threading

from cachetools import LRUCache
from django.db.backends.base.base import BaseDatabaseWrapper

from knowledge import postings, stamps
from knowledge.postings import TermList

# Bytes of all remembered lists together.
_REMEMBERED = 64_000_000


class TermLists:
    """Lists for one mark, those asked for last. Safe for several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._mark: stamps.Marks = ()
        self._lists: LRUCache[str, TermList] = LRUCache(most_bytes, getsizeof=lambda one: one.nbytes)
        self._lock = threading.Lock()

    def get(self, mark: stamps.Marks, term: str) -> TermList | None:
        with self._lock:
            return self._lists.get(term) if mark == self._mark else None

    def put(self, mark: stamps.Marks, term: str, found: TermList) -> None:
        """Remembers a list that was read after ``mark``. One that is greater than everything allowed is not kept."""
        if not mark or found.nbytes > self._lists.maxsize:
            return
        with self._lock:
            if mark != self._mark:
                self._mark = mark
                self._lists.clear()
            self._lists[term] = found


_held = TermLists(_REMEMBERED)


class Reader:
    """Reads terms for one question, from memory where that is what the database holds."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        # Read before the lists: what is put under it later can only be too new for it, and then it is gone for good.
        self._mark = stamps.read_words(connection)

    def read(self, term: str) -> TermList:
        found = _held.get(self._mark, term)
        if found is None:
            found = postings.term_list(self._connection, term)
            _held.put(self._mark, term, found)
        return found

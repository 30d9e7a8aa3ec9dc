"""Many ids in one question: a database takes only so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_ONCE = 10_000  # SQLite takes 32,766 by itself, PostgreSQL's protocol 65,535


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]

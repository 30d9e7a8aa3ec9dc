"""Where the full-text index lives in the database: SQLite's FTS5, PostgreSQL's tsvector. Same rows from both.

Text arrives analysed (see ``lexical.analyse``), so the database only splits at blanks and never stems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from knowledge import stamps

FIELDS = ("title", "heading", "body")
PostingRow = tuple[int, str, str, str]
_WEIGHTS = {"A": 0, "B": 1, "C": 2}
_CHUNK = 500
_MERGED_PAGES = 500  # of the full text in one step
# A field's place among so many: one number says passage and field.
_PLACES = 4


class Column(NamedTuple):
    """Where a term stands in one field: sorted passage ids, each once, and beside them how often.

    Read-only arrays of whole numbers, no wider than they need be.
    """

    ids: NDArray[Any]
    counts: NDArray[Any]


class TermList(NamedTuple):
    """Where a term stands, in the order of FIELDS."""

    columns: tuple[Column, ...]

    @property
    def nbytes(self) -> int:
        return _OVERHEAD + sum(column.ids.nbytes + column.counts.nbytes for column in self.columns)


# Bytes of a list's objects beside its numbers; a word that stands nowhere takes them as well.
_OVERHEAD = 1200

SQLITE_SCHEMA = (
    "CREATE VIRTUAL TABLE knowledge_fulltext USING fts5("
    "title, heading, body, tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '.'\")",
    "CREATE VIRTUAL TABLE knowledge_fulltext_terms USING fts5vocab(knowledge_fulltext, 'instance')",
)
POSTGRES_SCHEMA = (
    "CREATE TABLE knowledge_fulltext (passage_id bigint PRIMARY KEY, terms tsvector NOT NULL)",
    "CREATE INDEX knowledge_fulltext_terms ON knowledge_fulltext USING gin (terms)",
)


def create_schema(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in SQLITE_SCHEMA if connection.vendor == "sqlite" else POSTGRES_SCHEMA:
            cursor.execute(statement)


def drop_schema(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TABLE IF EXISTS knowledge_fulltext_terms")
        cursor.execute("DROP TABLE IF EXISTS knowledge_fulltext")


def put_rows(connection: BaseDatabaseWrapper, rows: Sequence[PostingRow]) -> None:
    """Adds or replaces (passage id, title, heading, body)."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        stamps.touch_words(connection)
        _delete(connection, cursor, [row[0] for row in rows])
        if connection.vendor == "sqlite":
            cursor.executemany(
                "INSERT INTO knowledge_fulltext(rowid, title, heading, body) VALUES (%s, %s, %s, %s)", rows
            )
        else:
            cursor.executemany(
                "INSERT INTO knowledge_fulltext(passage_id, terms) VALUES (%s, "
                "setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'B')"
                " || setweight(to_tsvector('simple', %s), 'C'))",
                rows,
            )


def drop_rows(connection: BaseDatabaseWrapper, passage_ids: Sequence[int]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        stamps.touch_words(connection)
        _delete(connection, cursor, passage_ids)


def clear_rows(connection: BaseDatabaseWrapper) -> None:
    """Empties the full text."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        stamps.touch_words(connection)
        cursor.execute("DELETE FROM knowledge_fulltext")


def _delete(connection: BaseDatabaseWrapper, cursor: CursorWrapper, passage_ids: Sequence[int]) -> None:
    key = "rowid" if connection.vendor == "sqlite" else "passage_id"
    for start in range(0, len(passage_ids), _CHUNK):
        part = passage_ids[start : start + _CHUNK]
        marks = ", ".join(["%s"] * len(part))
        cursor.execute(f"DELETE FROM knowledge_fulltext WHERE {key} IN ({marks})", part)  # noqa: S608  # names are ours


def term_list(connection: BaseDatabaseWrapper, term: str) -> TermList:
    """Where the term stands at this moment, in everybody's passages."""
    with connection.cursor() as cursor:
        read = _sqlite_occurrences if connection.vendor == "sqlite" else _postgres_occurrences
        found, counts = np.unique(read(cursor, term), return_counts=True)
    passages, fields = np.divmod(found, _PLACES)
    columns = []
    for field in range(len(FIELDS)):
        columns.append(Column(_narrow(passages[fields == field]), _narrow(counts[fields == field])))
    return TermList(tuple(columns))


def _narrow(numbers: NDArray[np.int64]) -> NDArray[Any]:
    narrow = numbers.astype(np.min_scalar_type(numbers.max(initial=0)))
    narrow.flags.writeable = False
    return narrow


def _sqlite_occurrences(cursor: CursorWrapper, term: str) -> NDArray[np.int64]:
    """Passage id and field of every place, as one number. They come as one text: a row each would take Python longer
    than the database takes to find them."""
    cursor.execute(
        "SELECT group_concat(doc * %s + CASE col WHEN 'title' THEN 0 WHEN 'heading' THEN 1 ELSE 2 END) "
        "FROM knowledge_fulltext_terms WHERE term = %s",
        [_PLACES, term],
    )
    listed = cursor.fetchone()[0]
    return np.fromstring(listed or "", dtype=np.int64, sep=",")


def _postgres_occurrences(cursor: CursorWrapper, term: str) -> NDArray[np.int64]:
    cursor.execute(
        "SELECT f.passage_id, u.weights FROM knowledge_fulltext f, unnest(f.terms) u "
        "WHERE f.terms @@ plainto_tsquery('simple', %s) AND u.lexeme = %s",
        [term, term],
    )
    places = [passage * _PLACES + _WEIGHTS[weight] for passage, weights in cursor.fetchall() for weight in weights]
    return np.array(places, dtype=np.int64)


def stored_ids(connection: BaseDatabaseWrapper) -> Iterable[int]:
    """Ids of all passages in the full-text index, for ``verify``."""
    key = "rowid" if connection.vendor == "sqlite" else "passage_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM knowledge_fulltext")  # noqa: S608  # names are ours
        return [row[0] for row in cursor.fetchall()]


def held(connection: BaseDatabaseWrapper, passage_ids: Sequence[int]) -> list[int]:
    """Which of these passages are in the full-text index."""
    key = "rowid" if connection.vendor == "sqlite" else "passage_id"
    found: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(passage_ids), _CHUNK):
            part = passage_ids[start : start + _CHUNK]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"SELECT {key} FROM knowledge_fulltext WHERE {key} IN ({marks})", part)  # noqa: S608
            found.extend(row[0] for row in cursor.fetchall())
    return found


def other_titles(connection: BaseDatabaseWrapper, titles: Iterable[tuple[int, str]]) -> list[int]:
    """Of (passage id, analysed title) those that stand here with another title. Who is not here is not among them."""
    rest = iter(titles)
    found: list[int] = []
    with connection.cursor() as cursor:
        while part := dict(islice(rest, _CHUNK)):
            found.extend(_other_titles(connection, cursor, part))
    return found


def _other_titles(connection: BaseDatabaseWrapper, cursor: CursorWrapper, titles: dict[int, str]) -> list[int]:
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(titles))
        cursor.execute(
            f"SELECT rowid, title FROM knowledge_fulltext WHERE rowid IN ({marks})",  # noqa: S608  # only marks
            list(titles),
        )
        return [passage for passage, title in cursor.fetchall() if title != titles[passage]]
    cursor.execute(
        "SELECT passage_id FROM knowledge_fulltext JOIN unnest(%s::bigint[], %s::text[]) AS wanted (id, title) "
        "ON id = passage_id WHERE ts_filter(terms, '{a}') <> setweight(to_tsvector('simple', title), 'A')",
        [list(titles), list(titles.values())],
    )
    return [passage for (passage,) in cursor.fetchall()]


def squeeze(connection: BaseDatabaseWrapper) -> None:
    """Rewrites the full text without the words of passages that were removed; until then FTS5 only marks them as gone.

    In small steps, each a transaction of its own, so that nobody waits long for the lock. Call outside a transaction.
    """
    if connection.vendor != "sqlite":
        return  # autovacuum and ``VACUUM`` take away what is dead
    with connection.cursor() as cursor:
        pages = -_MERGED_PAGES  # negative: begin to merge everything into one segment
        while True:
            before = _changes(connection)
            cursor.execute("INSERT INTO knowledge_fulltext(knowledge_fulltext, rank) VALUES ('merge', %s)", [pages])
            # The command itself counts as one change; fewer than two says that there was nothing left to merge.
            if _changes(connection) - before < 2:
                return
            pages = _MERGED_PAGES


def _changes(connection: BaseDatabaseWrapper) -> int:
    return int(connection.connection.total_changes)

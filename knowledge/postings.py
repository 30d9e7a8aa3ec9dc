"""Where the full-text index lives in the database: SQLite's FTS5, PostgreSQL's tsvector. Same rows from both.

Text arrives analysed (see ``lexical.analyse``), so the database only splits at blanks and never stems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

FIELDS = ("title", "heading", "body")
PostingRow = tuple[int, str, str, str]
TermRow = tuple[int, int, int]
_WEIGHTS = {"A": 0, "B": 1, "C": 2}
_CHUNK = 500

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
    drop_rows(connection, [row[0] for row in rows])
    with connection.cursor() as cursor:
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
    key = "rowid" if connection.vendor == "sqlite" else "passage_id"
    with connection.cursor() as cursor:
        for start in range(0, len(passage_ids), _CHUNK):
            part = passage_ids[start : start + _CHUNK]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"DELETE FROM knowledge_fulltext WHERE {key} IN ({marks})", part)  # noqa: S608  # names are ours


def term_rows(connection: BaseDatabaseWrapper, term: str) -> list[TermRow]:
    """(passage id, position in FIELDS, count) wherever the term stands."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT doc, col, count(*) FROM knowledge_fulltext_terms WHERE term = %s GROUP BY doc, col", [term]
            )
            return [(doc, FIELDS.index(col), count) for doc, col, count in cursor.fetchall()]
        return _postgres_term_rows(cursor, term)


def _postgres_term_rows(cursor: CursorWrapper, term: str) -> list[TermRow]:
    cursor.execute(
        "SELECT f.passage_id, u.weights FROM knowledge_fulltext f, unnest(f.terms) u "
        "WHERE f.terms @@ plainto_tsquery('simple', %s) AND u.lexeme = %s",
        [term, term],
    )
    rows: list[TermRow] = []
    for passage, weights in cursor.fetchall():
        fields = [_WEIGHTS[weight] for weight in weights]
        rows.extend((passage, field, fields.count(field)) for field in sorted(set(fields)))
    return rows


def stored_ids(connection: BaseDatabaseWrapper) -> Iterable[int]:
    """Ids of all passages in the full-text index, for ``verify``."""
    key = "rowid" if connection.vendor == "sqlite" else "passage_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM knowledge_fulltext")  # noqa: S608  # names are ours
        return [row[0] for row in cursor.fetchall()]

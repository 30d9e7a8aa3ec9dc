"""Marks in the database that change with everything the read rule and search depend on, in the change's transaction.

Triggers set them, so that it does not matter who made a change or how: a page, the admin, a bulk update, SQL by hand.
There is one mark for access as a whole (grants, group membership, active people) and one for each of 256 parts of the
documents, by the first two digits of their ids (documents, their versions' languages, restrictions). Another stands for
the full text: triggers cannot watch its tables, so ``postings.py``, which alone writes them, sets it.

A mark is drawn by chance and never counted up: one that was rolled back cannot come again for another state. On
PostgreSQL every connection writes rows of its own, so that no transaction waits for another one's mark; rows of
connections that have ended are removed by the next change of the same part.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper

ACCESS = ""
WORDS = "ft"
PARTS = tuple(f"{number:02x}" for number in range(256))
TABLE = "knowledge_visibilitystamp"
# What a part, or access, was last marked with. Absent: never since the triggers were made.
Marks = tuple[tuple[int, int], ...]
Stamps = dict[str, Marks]

_DOCUMENT = ("collection_id", "current_id", "restricted", "superseded_by_id", "effective", "deleted", "canary")
# table, the columns whose update counts (none: all), the column that names the document (none: access).
_WATCHED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("knowledge_document", _DOCUMENT, "id"),
    ("knowledge_documentversion", ("language",), "document_id"),
    ("knowledge_restriction", (), "document_id"),
    ("knowledge_grant", (), ""),
    ("accounts_user", ("is_active", "synthetic"), ""),
    ("accounts_user_groups", (), ""),
)
TABLES = {TABLE, *(table for table, _, _ in _WATCHED)}
_EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}

_SQLITE_MARK = f"""
UPDATE {TABLE} SET stamp = random() WHERE part = {{part}} AND slot = 0;
INSERT INTO {TABLE} (part, slot, stamp) SELECT {{part}}, 0, random()
  WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE part = {{part}} AND slot = 0);
"""  # noqa: S608  # names are ours
_POSTGRES_FUNCTIONS = (
    f"""CREATE OR REPLACE FUNCTION visibility_mark(which text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM {TABLE} WHERE id IN (
      SELECT s.id FROM {TABLE} s WHERE s.part = which AND s.slot <> pg_backend_pid()
      AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = s.slot) FOR UPDATE SKIP LOCKED);
    INSERT INTO {TABLE} (part, slot, stamp)
    VALUES (which, pg_backend_pid(),
            ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16))::bit(64)::bigint)
    ON CONFLICT (part, slot) DO UPDATE SET stamp = EXCLUDED.stamp;
    END $$""",  # noqa: S608  # names are ours
    """CREATE OR REPLACE FUNCTION visibility_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM visibility_mark(coalesce(left(to_jsonb(OLD) ->> TG_ARGV[0], 2), ''));
      END IF;
      IF TG_OP IN ('UPDATE', 'INSERT') THEN
        PERFORM visibility_mark(coalesce(left(to_jsonb(NEW) ->> TG_ARGV[0], 2), ''));
      END IF;
      RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION visibility_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN DELETE FROM {TABLE}; PERFORM visibility_mark(''); RETURN NULL; END $$""",  # noqa: S608  # names are ours
)


def _sqlite_triggers() -> Iterator[tuple[str, str]]:
    for table, columns, document in _WATCHED:
        for event, rows in _EVENTS.items():
            name = f"visibility_{table}_{event.lower()}"
            of = f" OF {', '.join(columns)}" if columns and event == "UPDATE" else ""
            when = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
            when = f"WHEN {when}" if of else ""
            parts = [f"substr({row}.{document}, 1, 2)" if document else f"'{ACCESS}'" for row in rows]
            marks = "".join(_SQLITE_MARK.format(part=part) for part in dict.fromkeys(parts))
            yield name, f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} {when} BEGIN {marks} END"


def _postgres_triggers() -> Iterator[tuple[str, str, str]]:
    for table, columns, document in _WATCHED:
        of = f" OF {', '.join(columns)}" if columns else ""
        name = f"visibility_{table}"
        yield (
            name,
            table,
            f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE{of} OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION visibility_changed('{document or '-'}')",
        )
        name = f"visibility_{table}_emptied"
        yield (
            name,
            table,
            f"CREATE TRIGGER {name} AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION visibility_emptied()",
        )


def install(connection: BaseDatabaseWrapper) -> None:
    """Makes the triggers anew. SQLite loses a table's triggers when a migration rebuilds the table, so this runs after
    every ``migrate``; what changed meanwhile is covered by a new mark for access."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, statement in _sqlite_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(statement)
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608  # names are ours
            cursor.execute(f"INSERT INTO {TABLE} (part, slot, stamp) VALUES (%s, 0, random())", [ACCESS])  # noqa: S608
            touch_words(connection)
            return
        for function in _POSTGRES_FUNCTIONS:
            cursor.execute(function)
        for name, table, statement in _postgres_triggers():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            cursor.execute(statement)
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608  # names are ours
        cursor.execute("SELECT visibility_mark(%s)", [ACCESS])
        touch_words(connection)


def touch_words(connection: BaseDatabaseWrapper) -> None:
    """A new mark for the full text. Call inside the transaction that changes it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"INSERT INTO {TABLE} (part, slot, stamp) VALUES (%s, 0, random()) "  # noqa: S608  # names are ours
                "ON CONFLICT (part, slot) DO UPDATE SET stamp = random()",
                [WORDS],
            )
        else:
            cursor.execute("SELECT visibility_mark(%s)", [WORDS])


def read_words(connection: BaseDatabaseWrapper) -> Marks:
    """The mark of the full text as it is now; empty when there is none, so that nothing may be remembered."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT slot, stamp FROM {TABLE} WHERE part = %s ORDER BY slot",  # noqa: S608  # names are ours
            [WORDS],
        )
        return tuple(cursor.fetchall())


# Any name that begins so is ours; one too many or too few, or one that is switched off, and nothing is remembered.
_OURS = "LIKE 'visibility!_%%' ESCAPE '!'"
_COUNT_SQLITE = f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name {_OURS}"  # noqa: S608
_COUNT_POSTGRES = f"SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O' AND tgname {_OURS}"  # noqa: S608


def part_of(document: uuid.UUID) -> str:
    """The part of the documents that this one belongs to."""
    return document.hex[:2]


@cache
def _expected(vendor: str) -> int:
    return len(list(_sqlite_triggers() if vendor == "sqlite" else _postgres_triggers()))


def read(connection: BaseDatabaseWrapper) -> Stamps | None:
    """The marks of what people may see, as they are now; None when a trigger is missing: nothing may be remembered."""
    return _read(connection, "part <> %s", [WORDS])


def read_parts(connection: BaseDatabaseWrapper, parts: Iterable[str]) -> Stamps | None:
    """The same for access and these parts alone. A part that was never marked is not among them."""
    wanted = [ACCESS, *parts]
    return _read(connection, f"part IN ({', '.join(['%s'] * len(wanted))})", wanted)


def _read(connection: BaseDatabaseWrapper, condition: str, given: list[str]) -> Stamps | None:
    triggers = _COUNT_SQLITE if connection.vendor == "sqlite" else _COUNT_POSTGRES
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({triggers}), part, slot, stamp FROM {TABLE} WHERE {condition} ORDER BY part, slot",  # noqa: S608
            given,
        )
        rows = cursor.fetchall()
    if not rows or rows[0][0] != _expected(connection.vendor) or rows[0][1] != ACCESS:
        return None
    stamps: dict[str, list[tuple[int, int]]] = {}
    for _, part, slot, stamp in rows:
        stamps.setdefault(part, []).append((slot, stamp))
    return {part: tuple(marks) for part, marks in stamps.items()}

"""The database itself refuses to change the audit trail, or to remove more of it than a stub stands for.

Triggers, so that it does not matter who tries or how: a page, the admin, SQL by hand. SQLite loses a table's triggers
when a migration rebuilds the table, so ``install`` runs after every ``migrate``.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

SENTENCE = "The audit trail is append-only."
_EVENTS, _STUBS = "accounts_auditevent", "accounts_auditstub"
_COVERED = f"OLD.id <= (SELECT coalesce(max(through), 0) FROM {_STUBS})"  # noqa: S608  # names are ours

_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
SQLITE = {
    "audit_no_update": f"BEFORE UPDATE ON {_EVENTS} {_REFUSE}",
    "audit_no_delete": f"BEFORE DELETE ON {_EVENTS} WHEN NOT ({_COVERED}) {_REFUSE}",
    "audit_stub_no_update": f"BEFORE UPDATE ON {_STUBS} {_REFUSE}",
    "audit_stub_no_delete": f"BEFORE DELETE ON {_STUBS} {_REFUSE}",
}
_FUNCTION = f"""CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = '{_EVENTS}' THEN
    IF {_COVERED} THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
END $$"""  # names are ours
POSTGRESQL = {
    (name, table): f"{when} ON {table} FOR EACH {each} EXECUTE FUNCTION audit_append_only()"
    for table in (_EVENTS, _STUBS)
    for name, when, each in (
        ("audit_no_change", "BEFORE UPDATE OR DELETE", "ROW"),
        ("audit_no_truncate", "BEFORE TRUNCATE", "STATEMENT"),
    )
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Makes the triggers anew."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, rest in SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {rest}")
            return
        cursor.execute(_FUNCTION)
        for (name, _table), rest in POSTGRESQL.items():
            cursor.execute(f"CREATE TRIGGER {name} {rest}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away: for a migration that must rewrite the trail, and for emptying a test database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        tables = set(connection.introspection.table_names(cursor))
        for name, table in POSTGRESQL:
            if table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be there, switched on, and are not."""
    wanted = sorted(SQLITE) if connection.vendor == "sqlite" else sorted(f"{n} on {t}" for n, t in POSTGRESQL)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname || ' on ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgenabled = 'O'"
            )
        there = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in there]

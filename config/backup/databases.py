"""A consistent copy of the database while it is in use, with the list of the files that this copy names."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, transaction

from config.backup.manifest import BackupError, StoredFile

SQLITE, POSTGRES = "database.sqlite3", "database.pgdump"
_FILES = "SELECT blob, sha256, size FROM knowledge_documentversion ORDER BY id"
_COUNTED = ("accounts_user", "knowledge_document", "knowledge_passage", "assistant_answer", "accounts_auditevent")


def name() -> str:
    return SQLITE if connection.vendor == "sqlite" else POSTGRES


def copy(target: Path) -> tuple[list[StoredFile], dict[str, int]]:
    """Writes the copy. Gives the files it names and how many rows it holds. Raises BackupError."""
    return _sqlite(target) if connection.vendor == "sqlite" else _postgres(target)


def _sqlite(target: Path) -> tuple[list[StoredFile], dict[str, int]]:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copied:
        # In one step, from one state; others go on reading and writing meanwhile.
        connection.connection.backup(copied)
        copied.executescript("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;")
        # Whoever holds a session is signed in, so sessions are not carried away.
        copied.execute("DELETE FROM django_session")
        copied.commit()
        [(sound,)] = copied.execute("PRAGMA quick_check(1)")
        if sound != "ok":
            raise BackupError(f"The database is damaged, so no backup was made: {sound}")
        files = [StoredFile(*row) for row in copied.execute(_FILES)]
        counts = {table: copied.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _COUNTED}  # noqa: S608
    return files, counts


def _postgres(target: Path) -> tuple[list[StoredFile], dict[str, int]]:
    program = _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        # The dump and the list are read from one and the same state.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        options = ["--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=django_session"]
        _run([program, *options, f"--snapshot={snapshot}", f"--file={target}", _database()])
        cursor.execute(_FILES)
        files = [StoredFile(*row) for row in cursor.fetchall()]
        counts = {}
        for table in _COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # names are ours
            counts[table] = cursor.fetchone()[0]
    return files, counts


def restore(source: Path) -> None:
    """Puts a copy where the empty database is. Raises BackupError."""
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        temporary = target.with_name(f".{target.name}.restoring")
        shutil.copyfile(source, temporary)
        temporary.chmod(0o600)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        connection.close()
        temporary.replace(target)
        return
    with _closed():
        _run([_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
              f"--dbname={_database()}", str(source)])  # fmt: skip


def is_empty() -> bool:
    """Whether the database has no table at all. A missing SQLite file is empty, and is not made by asking."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return True
    with connection.cursor() as cursor:
        empty = not connection.introspection.table_names(cursor)
    connection.close()
    return empty


@contextmanager
def _closed() -> Iterator[None]:
    connection.close()
    yield


def _program(wanted: str) -> str:
    found = shutil.which(wanted)
    if found is None:
        raise BackupError(
            f"{wanted} is not installed here, and PostgreSQL's own tools are what copies its databases. "
            "Install PostgreSQL's client programs (Debian: postgresql-client), of the server's version or newer."
        )
    return found


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: list[str]) -> None:
    """Runs a program of PostgreSQL. The password goes through the environment: a command line is seen by everybody."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    env = {**os.environ, **{variable: str(given[key]) for variable, key in names.items() if given.get(key)}}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")

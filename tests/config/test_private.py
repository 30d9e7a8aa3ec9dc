"""On a machine with other users, none of them reads what Footnote keeps."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from config import private

ROOT = Path(__file__).resolve().parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def migrate(home: Path) -> None:
    """As a shell with the usual umask of a Linux system starts it."""
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"]
    subprocess.run(command, env=environment, umask=0o022, check=True)


def test_nothing_in_a_home_is_open_to_others_not_even_what_was_made_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    migrate(home)
    assert mode(home) == 0o700
    written = [path for path in home.rglob("*") if path.is_file()]
    assert home / "footnote.sqlite3" in written and not [path for path in written if mode(path) & 0o077]

    home.chmod(0o755)
    (home / "footnote.sqlite3").chmod(0o644)
    migrate(home)
    assert (mode(home), mode(home / "footnote.sqlite3")) == (0o700, 0o600)


def test_a_log_of_the_database_that_is_there_is_closed_and_a_folder_of_all_users_left_alone(tmp_path: Path) -> None:
    database, everybodys = tmp_path / "footnote.sqlite3", tmp_path / "shared"
    for path in (database, tmp_path / "footnote.sqlite3-wal"):
        path.touch(0o644)
        path.chmod(0o644)
    private.close_database(database)
    assert {mode(path) for path in tmp_path.glob("footnote.sqlite3*")} == {0o600}
    everybodys.mkdir()
    everybodys.chmod(0o1777)
    private.make_home(everybodys)
    assert mode(everybodys) == 0o1777

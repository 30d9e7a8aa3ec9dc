"""What Footnote keeps belongs to the user it runs as: no other user of the machine reads it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_for_oneself() -> None:
    """Whatever this process and its children write from now on is closed to others, libraries' files too."""
    os.umask(_OTHERS)


def make_home(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    close(folder)


def close_database(database: Path) -> None:
    """One that was made before this was seen to. SQLite gives its side files the rights of the database when it makes
    them, and leaves those that are there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        close(database.with_name(database.name + suffix))


def close(path: Path) -> None:
    """Takes the rights of others away where this user may. What does not exist stays so; a folder that all users write
    to, such as /tmp, is not ours to close."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if found.st_mode & _OTHERS and found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)

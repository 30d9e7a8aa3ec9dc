"""Files hold still while a backup copies them: purging waits, and a backup waits for a purge that is at it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings


def _lock() -> IO[str]:
    return (settings.FOOTNOTE_HOME / "files.lock").open("a")


@contextmanager
def files_hold_still() -> Iterator[None]:
    """While this is open, by any process of this home, no stored file is removed."""
    with _lock() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def files_may_go() -> Iterator[bool]:
    """False while somebody copies files: then leave them and come again."""
    with _lock() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

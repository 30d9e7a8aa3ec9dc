"""Room on the disk: nothing large is begun when little is left, so that what is there can still be finished."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from knowledge.errors import DiskFull

FREE_SHARE = 0.05
# What the system says when a file cannot grow: full, over a quota, over a limit, or mounted read-only.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


def nearly_full(folder: Path) -> bool:
    """Whether less than 5 % of the disk that holds this folder is free."""
    usage = shutil.disk_usage(folder)
    return usage.free < FREE_SHARE * usage.total


def require_room(folder: Path) -> None:
    """Raises DiskFull when less than 5 % is free."""
    if nearly_full(folder):
        raise DiskFull("The disk is nearly full, so nothing is written. It goes on by itself when there is room.")


def no_room(error: OSError) -> bool:
    """Whether this error means that the disk takes no more, not that something is wrong with the file."""
    return error.errno in _NO_ROOM

"""Whether a home should get the sample company: a fresh one does, once, also when its first start was interrupted."""

from __future__ import annotations

from pathlib import Path

from accounts.models import User

_NAME = "sample-company.txt"
_LOADING, _LOADED = "loading\n", "loaded\n"


def wanted(home: Path) -> bool:
    marker = home / _NAME
    return marker.read_text() == _LOADING if marker.exists() else not User.objects.exists()


def begin(home: Path) -> None:
    (home / _NAME).write_text(_LOADING)


def done(home: Path) -> None:
    (home / _NAME).write_text(_LOADED)

"""The names of what notices are about, read when they are shown, by what the reader may see then.

Layers above register how they name things; what the reader may not see, or what is gone, has a plain word instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from accounts.models import User
from accounts.notices.rows import Notice

Names = Callable[[User, list[str]], Mapping[str, str]]
_namers: dict[str, tuple[Names, str]] = {}


def register(kind: str, names: Names, otherwise: str) -> None:
    """``names(user, ids)`` gives the names that this person may read; ``otherwise`` stands for all others."""
    _namers[kind] = names, otherwise


def worded(user: User, notices: Iterable[Notice]) -> list[tuple[Notice, str]]:
    """Each notice with its words for this person, now."""
    rows = list(notices)
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if "{it}" in row.text:
            kind, _, key = row.about.partition(":")
            wanted[kind].append(key)
    known = {kind: _namers[kind][0](user, keys) for kind, keys in wanted.items() if kind in _namers}
    return [(row, _words(row, known)) for row in rows]


def _words(row: Notice, known: Mapping[str, Mapping[str, str]]) -> str:
    kind, _, key = row.about.partition(":")
    otherwise = _namers[kind][1] if kind in _namers else "Something"
    return row.text.replace("{it}", known.get(kind, {}).get(key) or otherwise)

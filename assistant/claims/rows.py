"""Whether a sentence that is read from a table row gives each column its own cell. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.claims.comparing import FIGURES, Conflict


def row_disagrees(sentence: str, header: Sequence[str], cells: Sequence[str]) -> Conflict | None:
    """A column that the sentence names beside the cell of another column. ``header`` and ``cells`` run alike."""
    said = _plain(sentence)
    columns = [(name, cell) for name, cell in zip(header, cells, strict=False) if _plain(name) and _plain(cell)]
    named = [(name, cell) for name, cell in columns if _holds(said, name)]
    for name, cell in named:
        if _holds(said, cell):
            continue
        for other_name, other in columns[1:]:
            if other != cell and _holds(said, other) and not _holds(said, other_name):
                return Conflict(FIGURES, f"In the table, “{name}” is {cell}; {other} is “{other_name}”.")
    return None


def _holds(said: str, words: str) -> bool:
    return f" {_plain(words)} " in f" {said} "


def _plain(text: str) -> str:
    return re.sub(r"[^\w€$£%]+", " ", text).strip().casefold()

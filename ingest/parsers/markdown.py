"""Headings of Markdown text, and tables written as Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.parsers.base import Heading
from ingest.parsers.cleaning import clean_line

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
_UNDERLINED = re.compile(r"^(?![#|>\-*+ \t])(.{1,120})\n(=+|-{3,})[ \t]*$", re.MULTILINE)
_DECORATION = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


def markdown_headings(text: str) -> tuple[Heading, ...]:
    """Headings outside fenced code, in order."""
    fences = [match.span() for match in _FENCE.finditer(text)]
    found = [
        Heading(match.start(), len(match[1]), clean_line(_DECORATION.sub("", match[2])))
        for match in _HEADING.finditer(text)
    ]
    found += [
        Heading(match.start(), 1 if match[2].startswith("=") else 2, clean_line(_DECORATION.sub("", match[1])))
        for match in _UNDERLINED.finditer(text)
        if "|" not in match[1]
    ]
    outside = (h for h in found if not any(start <= h.offset < end for start, end in fences))
    return tuple(sorted((h for h in outside if h.title), key=lambda heading: heading.offset))


def table_row(cells: Iterable[str]) -> str:
    """A bar inside a cell would end it, and a stroke before the bar is not told from text: it becomes a slash."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "/") for cell in cells) + " |"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row is its header; short rows are filled with empty cells."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return "\n".join([table_row(padded[0]), "| " + " | ".join(["---"] * width) + " |", *map(table_row, padded[1:])])

"""A small subset of Markdown, read into blocks that the PDF and Word builders draw.

``#`` to ``###`` headings, paragraphs, ``- `` and ``1. `` list items, ``| a | b |`` tables, and
directives on lines of their own: ``::pagebreak``, ``::figure NAME``, ``::columns 2``, ``::widths 30 70``.
"""

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Kind = Literal["heading", "paragraph", "bullet", "number", "table", "directive"]


@dataclass(frozen=True)
class Block:
    kind: Kind
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)


def parse(text: str) -> list[Block]:
    """The blocks of a source text, in order."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        blocks.extend(_part(part))
    return blocks


def _part(part: str) -> list[Block]:
    """The blocks of one piece of text between blank lines."""
    blocks: list[Block] = []
    for kind, lines in groupby(part.splitlines(), key=_line_kind):
        group = list(lines)
        if kind == "table":
            blocks.append(Block("table", rows=_rows(group)))
        elif kind == "paragraph":
            blocks.append(Block("paragraph", " ".join(line.strip() for line in group)))
        else:
            blocks.extend(_single(kind, line) for line in group)
    return blocks


def _line_kind(line: str) -> Kind:
    if line.startswith("#"):
        return "heading"
    if line.startswith("::"):
        return "directive"
    if line.startswith("|"):
        return "table"
    if line.startswith("- "):
        return "bullet"
    if re.match(r"\d+\. ", line):
        return "number"
    return "paragraph"


def _single(kind: Kind, line: str) -> Block:
    if kind == "heading":
        marks, text = line.split(" ", 1)
        return Block("heading", text.strip(), level=len(marks))
    if kind == "directive":
        return Block("directive", line[2:].strip())
    if kind == "bullet":
        return Block("bullet", line[2:].strip())
    return Block("number", line.strip())


def _rows(lines: list[str]) -> list[list[str]]:
    """The cells of a table, without the line of dashes under its header."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [row for row in cells if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]

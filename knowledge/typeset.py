"""Stored text, which is Markdown for most formats, as people read it: headings, paragraphs, list items and tables
without their marks, with the quoted words marked in place. Pure.

``page.text`` itself never changes; this is only how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(?=\S)")
_CLOSING = re.compile(r"[ \t]+#+$")
_ITEM = re.compile(r"[ \t]*(?:([-*+•])|(\d{1,3}[.)]))[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*")
_CELL = re.compile(r"(?:\\\||[^|])+")
_EMPHASIS = re.compile(r"(?<![\w*_\\])(\*\*\*|\*\*|\*|__|_|`)(?=\S)(?:(?!\1).)+?(?<=\S)\1(?![\w*_])")
_WRAPPED = 60  # characters; a line this long was broken by a program, not by its writer


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that are all marked or all not."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    runs: tuple[Run, ...]
    marked: bool

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is heading, paragraph, item or table. ``lead`` is an item's bullet or number; ``headed`` says that the
    first of a table's rows names its columns.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    level: int = 0
    lead: str = ""
    headed: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def kind(self) -> str:
        if not self.text.strip():
            return "blank"
        if self.text.lstrip().startswith("|"):
            return "table"
        if _HEADING.match(self.text):
            return "heading"
        return "item" if _ITEM.match(self.text) else "paragraph"


def typeset(text: str, start: int = 0, end: int = 0) -> list[Block]:
    """Blocks of a text in order; ``text[start:end]`` is marked."""
    quoted = range(start, end)
    found: list[Block] = []
    for kind, group in groupby(_lines(text), key=lambda line: line.kind):
        lines = list(group)
        if kind == "table":
            found.append(_table(lines, quoted))
        elif kind == "paragraph" and found and found[-1].kind == "item" and lines[0].text.startswith(" "):
            # What goes on under an item belongs to it.
            item = found.pop()
            found.append(Block("item", _joined([*item.runs, Run("\n"), *_paragraph(lines, quoted)]), lead=item.lead))
        elif kind == "paragraph":
            found.append(Block("paragraph", _paragraph(lines, quoted)))
        elif kind == "heading":
            found += [_heading(line, quoted) for line in lines]
        elif kind == "item":
            found += [_item(line, quoted) for line in lines]
    return found


def plain(text: str) -> str:
    """A quote's words as one reads them aloud, without the marks of tables, headings, items and emphasis."""
    parts = []
    for block in typeset(text):
        rows = [" · ".join(filter(None, map(str, row))) for row in block.rows]
        parts += rows or ["".join(run.text for run in block.runs)]
    return "\n".join(filter(None, parts)) or text.strip()


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, line)
        start += len(line) + 1


def _heading(line: _Line, quoted: range) -> Block:
    match = _HEADING.match(line.text)
    level, begin = (len(match[1]), match.end()) if match else (1, 0)
    closing = _CLOSING.search(line.text)
    return Block("heading", _runs(line, begin, closing.start() if closing else len(line.text), quoted), level=level)


def _item(line: _Line, quoted: range) -> Block:
    match = _ITEM.match(line.text)
    lead, begin = (match[2] or "•", match.end()) if match else ("", 0)
    return Block("item", _runs(line, begin, len(line.text), quoted), lead=lead)


def _paragraph(lines: Sequence[_Line], quoted: range) -> tuple[Run, ...]:
    """Lines that a program wrapped are joined again; those a writer broke stay."""
    runs: list[Run] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        runs += _runs(line, 0, len(line.text), quoted)
        if following is not None:
            between = line.start + len(line.text)
            runs.append(Run(" " if len(line.text) >= _WRAPPED else "\n", between in quoted))
    return _joined(runs)


def _table(lines: Sequence[_Line], quoted: range) -> Block:
    rows = [_row(line, quoted) for line in lines if not _RULE.fullmatch(line.text)]
    headed = len(lines) > 1 and _RULE.fullmatch(lines[1].text) is not None
    return Block("table", rows=tuple(rows), headed=headed)


def _row(line: _Line, quoted: range) -> tuple[Cell, ...]:
    """Cells of a line with bars between them; a cell is marked when a letter of it is."""
    first = line.text.index("|") + 1
    last = len(line.text.rstrip()) - line.text.rstrip().endswith("|")
    cells, begin = [], first
    while begin <= last:
        match = _CELL.match(line.text, begin, last)
        end = match.end() if match else begin
        runs = tuple(
            Run(run.text.replace("\\|", "|"), run.marked) for run in _runs(line, begin, end, quoted, trim=True)
        )
        cells.append(Cell(runs, any(run.marked and run.text.strip() for run in runs)))
        begin = end + 1
    return tuple(cells)


def _runs(line: _Line, begin: int, end: int, quoted: range, trim: bool = False) -> tuple[Run, ...]:
    """The line's letters from begin to end without marks of emphasis."""
    if trim:
        part = line.text[begin:end]
        begin, end = begin + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
    marks = set()
    for match in _EMPHASIS.finditer(line.text, begin, max(begin, end)):
        width = len(match[1])
        marks |= {*range(match.start(), match.start() + width), *range(match.end() - width, match.end())}
    if not marks and (line.start + end <= quoted.start or quoted.stop <= line.start + begin):
        return (Run(line.text[begin:end]),) if end > begin else ()
    return _joined([Run(line.text[at], line.start + at in quoted) for at in range(begin, end) if at not in marks])


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    groups = groupby(runs, key=lambda run: run.marked)
    return tuple(Run("".join(run.text for run in group), marked) for marked, group in groups)

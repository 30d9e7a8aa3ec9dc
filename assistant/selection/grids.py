"""Tables of PDFs, whose text comes cell by cell, one on each line: lines are read as rows again. Pure.

How many columns there are is not written anywhere. It is the number under which every column looks alike all the way
down (figures under figures, words under words) below a first row of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LONGEST_CELL = 48  # characters
_FEWEST_ROWS = 3  # the header among them
_MOST_COLUMNS = 9
_CONVINCING = 0.9  # share of cells that look like their column
_CAPTION = re.compile(r"\s*(?:table|figure|fig\.)\s+\d", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[^\W\d][.!?:]$")
_WRAPPED = 2  # header cells that may run over two lines
_WIDE = 4  # columns from which header cells get too narrow for one line
Cell = tuple[int, int]


def _begins_with_figure(cell: str) -> bool:
    return bool(re.match(r"[-−+±<>≤≥~€$£ ]*(?:EUR )?\d", cell))


def _has_figure(cell: str) -> bool:
    return bool(re.search(r"\d", cell))


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row by its offsets in the page's text. ``names`` is empty when columns cannot be told apart in the header."""

    start: int
    end: int
    names: tuple[str, ...]
    cells: tuple[str, ...]
    header: str


def grid_rows(text: str) -> list[GridRow]:
    """Rows, without headers, of all tables that can be read out of a page's lines."""
    return [row for run in _runs(text) for row in _rows(text, run)]


def _runs(text: str) -> Iterator[list[Cell]]:
    """Stretches of short lines that are not sentences."""
    run: list[Cell] = []
    start = 0
    for line in [*text.splitlines(keepends=True), ""]:
        plain = line.strip()
        short = 0 < len(plain) <= _LONGEST_CELL and not _CAPTION.match(plain) and not _SENTENCE_END.search(plain)
        if short and not plain.startswith(("|", "#", "- ")):
            begin = start + line.index(plain)
            run.append((begin, begin + len(plain)))
        else:
            yield run
            run = []
        start += len(line)


def _rows(text: str, run: Sequence[Cell]) -> list[GridRow]:
    cells = [text[start:end] for start, end in run]
    shape = _shape(cells)
    if shape is None:
        return []
    # A header with a wrapped cell cannot be told apart: then its words stand for all columns together.
    names = tuple(cells[: shape.head]) if shape.head == shape.columns else ()
    rows = []
    for first in range(shape.head, len(run) - shape.columns + 1, shape.columns):
        row = run[first : first + shape.columns]
        values = tuple(cells[first : first + shape.columns])
        rows.append(GridRow(row[0][0], row[-1][1], names, values, " ".join(cells[: shape.head])))
    return rows


@dataclass(frozen=True, slots=True)
class _Shape:
    columns: int
    head: int  # lines of the header


def _shape(cells: Sequence[str]) -> _Shape | None:
    """The most convincing reading of the lines as a table; None when there is none."""
    readings = []
    for columns in range(2, _MOST_COLUMNS + 1):
        wrapped = _WRAPPED if columns >= _WIDE else 0
        for head in range(columns, columns + wrapped + 1):
            left_over = (len(cells) - head) % columns
            if len(cells) < head + (_FEWEST_ROWS - 1) * columns or left_over > 1 or any(map(_has_figure, cells[:head])):
                continue
            fit = _fit(cells[head:], columns)
            if fit >= _CONVINCING:
                readings.append(((-left_over, fit, columns - head), _Shape(columns, head)))
    return max(readings, key=lambda reading: reading[0])[1] if readings else None


def _fit(body: Sequence[str], columns: int) -> float:
    """Share of cells that look like the others of their column; 0 when no column holds figures."""
    alike, figures_somewhere = 0, False
    for column in range(columns):
        values = body[column::columns]
        counts = [sum(map(looks, values)) for looks in (_begins_with_figure, _has_figure)]
        alike += max(max(count, len(values) - count) for count in counts)
        figures_somewhere = figures_somewhere or counts[1] > len(values) / 2
    return alike / len(body) if figures_somewhere else 0.0

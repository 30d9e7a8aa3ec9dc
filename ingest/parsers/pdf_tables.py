"""Tables of a PDF page, found by the rules that are drawn between their rows.

A PDF knows letters and lines, not rows and cells. Rules of one width, one below the other, are the rows' borders;
rules across them the columns', and where none are drawn, columns are told by the white space that runs all the way
down. A table without any rule is not looked for here (see ``assistant.selection.grids``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium

from ingest.parsers.cleaning import RIGHT_TO_LEFT
from ingest.parsers.pdf_letters import (
    COLUMN_GAP,
    WORD_GAP,
    Letter,
    in_one_line,
    is_bold,
    letters_of,
    lines_of,
    phrases_of,
)
from ingest.parsers.pdf_rules import FEWEST_RULES, SAME_RULE, TOUCHING, Rule, rules, stacks

_TALLEST_ROW = 14  # lines of text; what stands between two rules farther apart is no row
_TALL = 2.5  # times the usual distance of two rules
_PROSE = 0.75  # of a table's width: what runs on so far from its left side is no cell
_AT_THE_LEFT = 0.05
_LONGEST_CELL = 600  # characters
_USUAL_CELL = 120  # characters, at the median
_CROSSES = 0.5  # share of a table's height that a rule between columns has
_FILLED = 0.6  # share of rows with two cells or more
_CELLS_FILLED = 0.5  # share of all cells
_ROWS_UNNAMED = 4  # a table without a header is one from so many rows on
_LINE_PITCH = 1.8  # of the letters' height
_MOST_COLUMNS = 16
_MOST_TABLES = 30  # on one page; more are a drawing
_HEADER_BOLD = 0.9  # share of its letters
_BODY_BOLD = 0.5

Stretch = tuple[float, float]
Cells = list[list[Letter]]  # one list of letters for each column


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` of cells as one line of text each. ``named``: the first row names the columns.

    ``letters`` are the places of its characters in the drawn text.
    """

    rows: tuple[tuple[str, ...], ...]
    named: bool
    letters: frozenset[int]


def tables(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, drawn: str) -> list[Table]:
    """The tables of a page from top to bottom. ``drawn``: its text, one character per index of pdfium's."""
    level, upright = rules(page)
    frames = list(stacks(level))
    if not frames or len(frames) > _MOST_TABLES or RIGHT_TO_LEFT.search(drawn):
        return []
    characters = list(letters_of(text_page, drawn))
    found: list[Table] = []
    taken: set[int] = set()
    for stack in frames:
        left = min(rule.start for rule in stack) - TOUCHING
        right = max(rule.end for rule in stack) + TOUCHING
        free = [one for one in characters if one.index not in taken]
        inside = [letter for letter in free if left <= letter.left and letter.right <= right]
        for first, bands in _runs(stack, inside):
            table = _table(text_page, first, bands, upright, inside)
            if table is not None:
                taken |= table.letters
                found.append(table)
    return found


def _runs(stack: Sequence[Rule], letters: Sequence[Letter]) -> Iterator[tuple[Rule, list[list[Letter]]]]:
    """The rule on top and what stands between this and the following rules, for each stretch that may be one table:
    several tables of one width, and other text between them, make one stack."""
    between = [
        (high, high.at - low.at, [letter for letter in letters if low.at < letter.middle < high.at])
        for high, low in pairwise(stack)
        if high.at - low.at > SAME_RULE
    ]
    bands = [(rule, height, band) for rule, height, band in between if band]
    usual = median(height for _, height, _ in bands) if bands else 0.0
    start, end = min(rule.start for rule in stack), max(rule.end for rule in stack)
    top, run = stack[0], list[list[Letter]]()
    for rule, height, band in bands:
        if _stands_apart(band, start, end, tall=height > _TALL * usual):
            yield top, run
            run = []
            continue
        if not run:
            top = rule
        run.append(band)
    yield top, run


def _stands_apart(band: Sequence[Letter], start: float, end: float, tall: bool) -> bool:
    """Whether what stands between two rules is no row: very many lines, lines of prose, or headings above a table."""
    phrases = [phrases_of(line) for line in lines_of(band)]
    prose = any(
        line[0][0].left < start + _AT_THE_LEFT * (end - start) and line[0][-1].right - start > _PROSE * (end - start)
        for line in phrases
    )
    return len(phrases) > _TALLEST_ROW or prose or (tall and all(len(line) == 1 for line in phrases))


def _table(
    text_page: pdfium.PdfTextPage,
    first: Rule,
    bands: Sequence[Sequence[Letter]],
    upright: Sequence[Rule],
    letters: Sequence[Letter],
) -> Table | None:
    """The table of these bands below its first rule; ``letters`` are all that stand between its sides."""
    if len(bands) < 2:
        return None
    edges, ruled = _columns(upright, bands)
    if not 1 <= len(edges) < _MOST_COLUMNS:
        return None
    head = [] if ruled else _head_above(first, letters, edges)
    rows = [row for band in bands for row in _parted(band, edges, ruled, few=len(bands) < FEWEST_RULES)]
    rows = [*([_cells(head, edges, ruled)] if head else []), *rows]
    while rows and sum(map(bool, rows[0])) < 2:  # a caption within the frame
        rows = rows[1:]
    texts = tuple(tuple(in_one_line(cell) for cell in row) for row in rows)
    if not _is_table(texts):
        return None
    named = bool(head) or _names_columns([_share(is_bold(text_page, x) for c in row for x in c) for row in rows], texts)
    if not named and len(rows) < _ROWS_UNNAMED:
        return None
    return Table(texts, named, frozenset(letter.index for row in rows for cell in row for letter in cell))


def _columns(upright: Sequence[Rule], bands: Sequence[Sequence[Letter]]) -> tuple[list[float], bool]:
    """Where one column ends and the next begins, and whether rules say so."""
    letters = [letter for band in bands for letter in band]
    top, bottom = max(letter.top for letter in letters), min(letter.bottom for letter in letters)
    first, last = min(letter.left for letter in letters), max(letter.right for letter in letters)
    crossing = [
        rule.at
        for rule in upright
        if min(rule.end, top) - max(rule.start, bottom) >= _CROSSES * (top - bottom) and first < rule.at < last
    ]
    if crossing:
        return sorted(crossing), True
    size = median(letter.size for letter in letters)
    return max((_gaps(some, size) for some in (bands, bands[1:])), key=len), False


def _gaps(bands: Sequence[Sequence[Letter]], size: float) -> list[float]:
    """The middles of white stripes that run through all bands."""
    covered: list[Stretch] = []
    for letter in sorted((letter for band in bands for letter in band), key=lambda letter: letter.left):
        if covered and letter.left - covered[-1][1] <= COLUMN_GAP * size:
            covered[-1] = covered[-1][0], max(covered[-1][1], letter.right)
        else:
            covered.append((letter.left, letter.right))
    return [(before[1] + after[0]) / 2 for before, after in pairwise(covered)]


def _cells(letters: Sequence[Letter], edges: Sequence[float], ruled: bool) -> Cells:
    """Letters by column. A phrase belongs whole to the column that it begins in, unless a rule parts its words."""
    cells: Cells = [[] for _ in range(len(edges) + 1)]
    for line in lines_of(letters):
        for phrase in phrases_of(line):
            words = phrases_of(phrase, WORD_GAP) if ruled else [phrase]
            if any(_crosses(word, edge) for word in words for edge in edges):
                words = [phrase]
            for word in words:
                cells[bisect_right(edges, (word[0].left + word[0].right) / 2)] += word
    return cells


def _crosses(word: Sequence[Letter], edge: float) -> bool:
    """Whether a word runs over the edge of a column, so that its cell spans more than one."""
    return word[0].right < edge < word[-1].left


def _parted(band: Sequence[Letter], edges: Sequence[float], ruled: bool, few: bool) -> Iterator[Cells]:
    """The rows between two rules: one, or, in a table with few rules or where all lines do, one for each line that
    begins in the first column and goes on in others."""
    lines = lines_of(band)
    by_line = [_cells(line, edges, ruled) for line in lines]
    starts = [
        number for number, cells in enumerate(by_line) if cells[0] and sum(map(bool, cells)) >= max(2, len(cells) / 2)
    ]
    stacked = len(starts) == len(lines) > 1 and any(map(_all_figures, zip(*by_line, strict=True)))
    rows = stacked or ((few or len(starts) == len(lines)) and len(starts) >= FEWEST_RULES)
    if not rows or starts[0] != 0:
        yield _cells(band, edges, ruled)
        return
    for begin, end in pairwise([*starts, len(lines)]):
        yield _cells([letter for line in lines[begin:end] for letter in line], edges, ruled)


def _all_figures(column: Sequence[Sequence[Letter]]) -> bool:
    """Whether every cell of a column begins with a figure: one upon the other they are no single cell that wraps."""
    return all(any(letter.text.strip().isdigit() for letter in cell[:2]) for cell in column)


def _head_above(first: Rule, letters: Sequence[Letter], edges: Sequence[float]) -> list[Letter]:
    """The line right above the first rule, where it stands in the columns below."""
    above = lines_of(letter for letter in letters if letter.middle > first.at)
    if not above:
        return []
    line = above[-1]
    if min(letter.middle for letter in line) - first.at > _LINE_PITCH * line[0].size:
        return []
    cells = _cells(line, edges, ruled=False)
    return line if all(cells) and not any(letter.text.strip().isdigit() for letter in line) else []


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    cells = [len(cell) for row in rows for cell in row if cell]
    filled = sum(sum(map(bool, row)) >= 2 for row in rows)
    return (
        len(rows) >= 2
        and filled >= max(2, _FILLED * len(rows))
        and len(cells) >= _CELLS_FILLED * len(rows) * len(rows[0])
        and max(cells) <= _LONGEST_CELL
        and median(cells) <= _USUAL_CELL
    )


def _names_columns(bold: Sequence[float], texts: Sequence[Sequence[str]]) -> bool:
    """Whether the first row looks unlike the others: bold over plain, or without figures over figures.

    ``bold``: of each row the share of its letters that are.
    """
    if bold[0] > _HEADER_BOLD and median(bold[1:]) < _BODY_BOLD:
        return True
    figures = [any(character.isdigit() for cell in row for character in cell) for row in texts]
    return not figures[0] and len(texts[0]) > 2 and all(texts[0]) and _share(figures[1:]) >= 0.5


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0

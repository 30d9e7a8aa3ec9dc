"""Tables as text: one line per row, for workbooks and separated values alike. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.parsers.markdown import table
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import TOO_LARGE

CELLS_MAX = 3_000_000
NOT_CALCULATED = "(not calculated)"  # stands where a formula has no result
_NUMBER = re.compile(r"[-+(]?[\d.,\s]*\d[\d.,\s]*[%)]?")

Row = Sequence[str]


def rows_to_text(rows: Iterable[Row]) -> str:
    """Tables as Markdown. A row with one cell above a table is its caption; an empty row ends a table,
    unless the next row holds figures and so cannot be a header."""
    blocks: list[str] = []
    block: list[Row] = []
    cells = 0
    gap = False
    for row in map(_trimmed, rows):
        cells += len(row)
        if cells > CELLS_MAX:
            raise UnreadableDocument("too_large", TOO_LARGE)
        if not row:
            gap = True
            continue
        if gap and block and _may_be_header(row):
            blocks.append(_block(block))
            block = []
        block.append(row)
        gap = False
    return "\n\n".join([*blocks, _block(block)]) if block else "\n\n".join(blocks)


def _trimmed(row: Row) -> Row:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _may_be_header(row: Row) -> bool:
    return not any(_NUMBER.fullmatch(cell.strip()) or cell == NOT_CALCULATED for cell in row if cell.strip())


def _block(rows: list[Row]) -> str:
    captions: list[str] = []
    while rows and sum(bool(cell.strip()) for cell in rows[0]) == 1 and (len(rows) == 1 or captions or _wider(rows)):
        captions.append(" ".join(next(cell for cell in rows[0] if cell.strip()).split()))
        rows = rows[1:]
    left = min((next(i for i, cell in enumerate(row) if cell.strip()) for row in rows), default=0)
    return "\n\n".join(filter(None, ["\n".join(captions), table([row[left:] for row in rows])]))


def _wider(rows: list[Row]) -> bool:
    """Whether a table with more than one column follows the first row."""
    return any(sum(bool(cell.strip()) for cell in row) > 1 for row in rows[1:6])

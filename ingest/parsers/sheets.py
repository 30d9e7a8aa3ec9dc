"""Workbooks and separated values: one page per sheet, one line per row.

The values are read with the libraries markitdown uses (openpyxl, xlrd) but written by our own hands: a table
of 100,000 rows then needs no detour over HTML, empty cells stay empty, and 149 does not become 149.0.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.charsets import decode
from ingest.parsers.cleaning import clean_line, clean_text
from ingest.parsers.kinds import CSV, ENCRYPTED, TSV, XLS, XLSX
from ingest.parsers.markdown import table
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import TOO_LARGE

CELLS_MAX = 3_000_000
_NUMBER = re.compile(r"[-+(]?[\d.,\s]*\d[\d.,\s]*[%)]?")

Row = Sequence[str]


class WorkbookParser:
    media_types = frozenset({XLSX})

    def parse(self, path: Path) -> ParsedDocument:
        # Only workbooks need the library, and importing it takes time.
        from openpyxl import load_workbook

        # A stream, because the library refuses paths without its extensions; it is read from until the last sheet.
        stream = path.open("rb")
        book = load_workbook(stream, read_only=True, data_only=True)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]

        def pages() -> Iterator[ParsedPage]:
            for number, sheet in enumerate(visible, start=1):
                sheet.reset_dimensions()  # what a file says of its own size is often wrong
                rows = ([_shown(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows())
                yield _sheet(number, sheet.title, rows)

        return ParsedDocument(len(visible), pages(), title=str(book.properties.title or ""))


class OldWorkbookParser:
    media_types = frozenset({XLS})

    def parse(self, path: Path) -> ParsedDocument:
        import xlrd  # only old workbooks need it

        try:
            book = xlrd.open_workbook(str(path), on_demand=True)
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise UnreadableDocument("encrypted", ENCRYPTED) from error
            raise

        def value(cell: xlrd.sheet.Cell) -> str:
            if cell.ctype == xlrd.XL_CELL_DATE:
                return _shown(xlrd.xldate_as_datetime(cell.value, book.datemode))
            if cell.ctype in {xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                return ""
            return _shown(bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value)

        def pages() -> Iterator[ParsedPage]:
            for index in range(book.nsheets):
                sheet = book.sheet_by_index(index)
                yield _sheet(index + 1, sheet.name, ([value(cell) for cell in row] for row in sheet.get_rows()))
                book.unload_sheet(index)

        return ParsedDocument(book.nsheets, pages())


class SeparatedParser:
    media_types = frozenset({CSV, TSV})

    def parse(self, path: Path) -> ParsedDocument:
        text = clean_text(decode(path.read_bytes()))
        csv.field_size_limit(1024 * 1024)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        return ParsedDocument(1, [ParsedPage(1, "text", clean_text(rows_to_text(reader)))])


def delimiter_of(text: str) -> str:
    """The separator that splits the first lines into the same number of cells, the most of them."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in ",;\t|"}
    return max(counts, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def _shown(value: object, number_format: str = "") -> str:
    """A cell as people see it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() if "%" in number_format:
            return f"{value * 100:.10g}%"
        case float():
            return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
        case dt.datetime():
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return clean_text(str(value))


def _sheet(number: int, name: str, rows: Iterable[Row]) -> ParsedPage:
    return ParsedPage(number, "sheet", clean_text(rows_to_text(rows)), clean_line(name))


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
    return not any(_NUMBER.fullmatch(cell.strip()) for cell in row if cell.strip())


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

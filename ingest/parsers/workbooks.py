"""Excel workbooks: one page per sheet, its cells as people see them.

The values are read with the libraries markitdown uses (openpyxl, xlrd) but written by our own hands: a table
of 100,000 rows then needs no detour over HTML, empty cells stay empty, and 149 does not become 149.0. What is hidden,
sheets, rows or columns, is left out: nobody who opens the file reads it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.cleaning import clean_line, clean_text
from ingest.parsers.kinds import ENCRYPTED, XLS, XLSX
from ingest.parsers.sheets import NOT_CALCULATED, Row, rows_to_text
from knowledge.errors import UnreadableDocument

if TYPE_CHECKING:
    import xlrd

NOT_CALCULATED_NOTE = (
    f"Some formulas have no result in this file, so “{NOT_CALCULATED}” stands in their place. Open it in a spreadsheet "
    "program, save it there and upload it again."
)
HIDDEN_NOTE = "Hidden rows or columns were left out."
# In a number's format: what stands in quotes, behind a backslash, or in brackets; the widths of "_" and "*".
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')
_PERCENT_AS_TEXT = re.compile(r'("\s*%"|\\%)$')  # shown behind the number, which is not multiplied


class WorkbookParser:
    media_types = frozenset({XLSX})

    def parse(self, path: Path) -> ParsedDocument:
        # Only workbooks need the library, and importing it takes time.
        from openpyxl import load_workbook

        from ingest.parsers.xlsx_rows import SheetRows

        # A stream, because the library refuses paths without its extensions; it is read from until the last sheet.
        stream = path.open("rb")
        book = load_workbook(stream, read_only=True, data_only=True)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]

        def pages() -> Iterator[ParsedPage]:
            for number, sheet in enumerate(visible, start=1):
                rows = SheetRows(book, sheet)
                page = _sheet(number, sheet.title, ([_cell(value, form) for value, form in row] for row in rows))
                notes = ((NOT_CALCULATED_NOTE, rows.not_calculated), (HIDDEN_NOTE, rows.hidden))
                yield replace(page, notes=tuple(note for note, applies in notes if applies))

        return ParsedDocument(len(visible), pages(), title=str(book.properties.title or ""))


class OldWorkbookParser:
    media_types = frozenset({XLS})

    def parse(self, path: Path) -> ParsedDocument:
        import xlrd  # only old workbooks need it

        try:
            # Without the formats it does not say what is hidden.
            book = xlrd.open_workbook(str(path), on_demand=True, formatting_info=True)
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise UnreadableDocument("encrypted", ENCRYPTED) from error
            raise
        # The library tells it of sheets that are loaded, but the pages are counted first.
        visible = [index for index in range(book.nsheets) if book._sheet_visibility[index] == 0]

        def pages() -> Iterator[ParsedPage]:
            for number, index in enumerate(visible, start=1):
                sheet = book.sheet_by_index(index)
                gone = {n for n, row in sheet.rowinfo_map.items() if row.hidden}
                columns = [n for n in range(sheet.ncols) if not _is_hidden(sheet, n)]
                rows = ([_old_cell(book, sheet.cell(n, c)) for c in columns if c < sheet.row_len(n)]
                        for n in range(sheet.nrows) if n not in gone)  # fmt: skip
                page = _sheet(number, sheet.name, rows)
                left_out = len(columns) < sheet.ncols or any(n < sheet.nrows for n in gone)
                yield replace(page, notes=(HIDDEN_NOTE,)) if left_out else page
                book.unload_sheet(index)

        return ParsedDocument(len(visible), pages())


def _is_hidden(sheet: xlrd.sheet.Sheet, column: int) -> bool:
    return column in sheet.colinfo_map and bool(sheet.colinfo_map[column].hidden)


def _old_cell(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return _cell(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype in {xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return ""
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return _cell(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
    return _cell(bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value)


def _cell(value: object, number_format: str = "") -> str:
    """As people see it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() if "%" in number_format and "%" in _LITERAL.sub("", number_format):
            return f"{value * 100:.10g}%"
        case int() | float() if _PERCENT_AS_TEXT.search(number_format.partition(";")[0]):
            return f"{_cell(value)}%"
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

"""The rows of an Excel sheet as a reader of the workbook meets them. Imports the library, so it is imported late.

The library's own rows tell neither what is hidden nor which values are results of formulas. Its parser of a sheet,
which they are made by, has both in hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import fromstring
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from ingest.parsers.sheets import NOT_CALCULATED

Cells = list[tuple[object, str]]
_EMPTY = (None, "")
_YES = {"1", "true"}


def _is_to_be_calculated(book: Any) -> bool:
    """Whether whoever wrote the workbook left all results to the program that opens it. Read from the file: the
    library takes a workbook that does not say for one that says so."""
    parts = (name for name in book._archive.namelist() if name.lower().endswith("workbook.xml"))
    elements = (element for name in parts for element in fromstring(book._archive.read(name)))
    return any(
        element.tag.endswith("}calcPr") and element.get("fullCalcOnLoad", "").lower() in _YES for element in elements
    )


class SheetRows:
    """Iterated once: the (value, number format) of each visible cell, row by row; a gap of any height is one empty
    row. ``not_calculated`` and ``hidden`` say afterwards whether any were such."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.not_calculated = False
        self.hidden = False
        self._book = book
        self._sheet = sheet
        self._formats: dict[int, str] = {}

    def __iter__(self) -> Iterator[Cells]:
        with self._sheet._get_source() as source:
            parser = _Parser(
                source,
                self._sheet._shared_strings,
                data_only=True,
                epoch=self._book.epoch,
                date_formats=self._book._date_formats,
                timedelta_formats=self._book._timedelta_formats,
            )
            parser.to_be_calculated = _is_to_be_calculated(self._book)
            last = 0
            for number, cells in parser.parse():
                if number > last + 1:
                    yield []
                last = number
                if not parser.row_is_hidden:
                    yield self._row(parser, cells)
                else:
                    self.hidden = self.hidden or bool(cells)
            self.not_calculated = parser.not_calculated

    def _row(self, parser: _Parser, cells: list[dict[str, Any]]) -> Cells:
        row: Cells = []
        skipped = 0
        for cell in cells:
            while len(row) + skipped + 1 < cell["column"]:
                if parser.column_is_hidden(len(row) + skipped + 1):
                    skipped += 1
                else:
                    row.append(_EMPTY)
            if parser.column_is_hidden(cell["column"]):
                skipped += 1
                self.hidden = self.hidden or cell["value"] is not None
            else:
                row.append((cell["value"], self._format(cell)))
        return row

    def _format(self, cell: dict[str, Any]) -> str:
        style = cell["style_id"]
        if style not in self._formats:
            self._formats[style] = str(ReadOnlyCell(self._sheet, **cell).number_format)
        return self._formats[style]


class _Parser(WorkSheetParser):  # type: ignore[misc]  # the library has no types
    """``to_be_calculated``: the workbook asks to be calculated when it is opened. Programs that write workbooks without
    calculating do, and put 0 where a result belongs."""

    to_be_calculated = False
    not_calculated = False
    row_is_hidden = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hidden_columns: list[range] = []
        self._spilled: list[tuple[int, int, int, int]] = []

    def column_is_hidden(self, column: int) -> bool:
        return any(column in some for some in self._hidden_columns)

    def parse_column_dimensions(self, col: Any) -> None:
        if col.get("hidden") in _YES:
            self._hidden_columns.append(range(int(col.get("min")), int(col.get("max")) + 1))

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        self.row_is_hidden = row.get("hidden") in _YES
        number, cells = super().parse_row(row)
        # They were kept until the end of the sheet: of a long one, that is as much as the sheet.
        self.row_dimensions.clear()
        return number, cells

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is not None and formula.get("t") == "array" and self.to_be_calculated:
            self._spilled.append(range_boundaries(formula.get("ref")))
        result = formula is not None or any(
            left <= cell["column"] <= right and top <= cell["row"] <= bottom
            for left, top, right, bottom in self._spilled
        )
        if result and self._has_no_value(element, cell["value"]) and not self.row_is_hidden:
            cell["value"] = NOT_CALCULATED
            self.not_calculated = self.not_calculated or not self.column_is_hidden(cell["column"])
        return cell

    def _has_no_value(self, element: Any, value: object) -> bool:
        if value is None:
            return bool(element.get("t") != "str")  # text without any is what a formula gave
        return self.to_be_calculated and value == 0 and not isinstance(value, bool)

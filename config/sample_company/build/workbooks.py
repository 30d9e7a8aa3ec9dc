"""The Excel files of finance and the board."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, styles, utils

from config.sample_company.build import budget, price_list, risks
from config.sample_company.build.common import COMPANY, FIXED_DATE, rezip, target

Row = tuple[str | int | float, ...]
WIDEST = 60


def write(path: Path, title: str, author: str, sheets: dict[str, Sequence[Row]]) -> None:
    """Write one workbook; the first row of each sheet is its header."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        _fill(book.create_sheet(name), rows)
    book.properties.title = title
    book.properties.creator = book.properties.lastModifiedBy = author
    book.properties.company = COMPANY
    book.properties.created = FIXED_DATE
    book.save(path)
    rezip(path)


def _fill(sheet: Any, rows: Sequence[Row]) -> None:
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = styles.Font(bold=True)
        cell.fill = styles.PatternFill("solid", fgColor="E6EFF2")
        cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        widest = max(len(str(value)) for value in column)
        sheet.column_dimensions[utils.get_column_letter(number)].width = min(widest, WIDEST) + 2
    sheet.freeze_panes = "A2"


def _prices() -> dict[str, Sequence[Row]]:
    header = [price_list.HEADER]
    return {
        "Instruments": header + price_list.INSTRUMENTS,
        "Spare parts and service": header + price_list.SPARE_PARTS + price_list.SERVICES,
        "Conditions": price_list.CONDITIONS,
    }


def _budget() -> dict[str, Sequence[Row]]:
    return {
        "Operating costs": budget.with_totals(budget.OPERATING, "Thousand EUR", "Total operating costs"),
        "Revenue": budget.with_totals(budget.REVENUE, "Thousand EUR", "Total revenue"),
        "Capital spending": budget.CAPITAL,
        "Assumptions": budget.ASSUMPTIONS,
    }


def _risks() -> dict[str, Sequence[Row]]:
    return {"Register": risks.rows(), "Scales": risks.SCALES, "Rules": risks.NOTES}


def build(root: Path) -> None:
    finance, board = "finance", "board"
    write(target(root, finance, "price-list-2026.xlsx"), "Price list 2026", "Oskar Lindqvist", _prices())
    write(target(root, finance, "budget-2026.xlsx"), "Budget 2026", "Farid Haddad", _budget())
    write(target(root, board, "risk-register.xlsx"), "Risk register", "Tobias Achterberg", _risks())

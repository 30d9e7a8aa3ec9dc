"""Workbooks as people see them: nothing that is hidden, no figure that is not in the cell, no result nobody worked
out. ``made/hidden.xls`` was written with xlwt 1.3: a hidden row ("Secret"), column ("Cost") and sheet ("Old")."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import xlsxwriter

from ingest.parsers import read_file
from ingest.parsers.base import ParsedPage
from ingest.parsers.workbooks import HIDDEN_NOTE, NOT_CALCULATED_NOTE
from ingest.pipeline import run_inline
from ingest.presenting import shown_jobs
from tests.ingest.conftest import Upload

Read = Callable[[bytes], list[ParsedPage]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(data: bytes) -> list[ParsedPage]:
        (tmp_path / "blob").write_bytes(data)
        said = list(read_file(str(tmp_path / "blob"), "book.xlsx"))
        assert said[0]["pages"] == len(said) - 1
        return [ParsedPage.from_json(page) for page in said[1:]]

    return run


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _calculated() -> bytes:
    """By a program that leaves the calculating to who opens it, and writes 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Q")
    for number, row in enumerate([["Item", "Price"], ["A", 100], ["B", 50], ["Free", 0]]):
        sheet.write_row(number, 0, row)
    sheet.write(4, 0, "Total")
    sheet.write_formula(4, 1, "=SUM(B2:B3)")
    sheet.write(5, 0, "Known")
    sheet.write_formula(5, 1, "=B2*2", None, 200)
    sheet.write_array_formula("B7:B8", "{=B2:B3*2}")
    book.close()
    return out.getvalue()


def test_a_percent_sign_that_is_only_written_does_not_multiply(read: Read) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Share", "Written", "Escaped", "In brackets", "Plain"])
    book.active.append([0.25, 25, 7.5, 3, 0.125])
    formats = ("0%", '0"%"', "0.0\\%", "[>5%]0", "[Red]0.0%;-0.0%")
    for cell, number_format in zip(book.active[2], formats, strict=True):
        cell.number_format = number_format
    assert "| 25% | 25% | 7.5% | 3 | 12.5% |" in read(_saved(book))[0].text


def test_a_formula_without_a_result_is_not_a_nought(read: Read) -> None:
    (page,) = read(_calculated())
    assert "| Free | 0 |\n| Total | (not calculated) |\n| Known | 200 |" in page.text
    assert page.text.count("(not calculated)") == 3, "what an array formula spills into has none either"
    assert page.notes == (NOT_CALCULATED_NOTE,)


def test_a_formula_without_a_value_is_not_a_blank(read: Read) -> None:
    book = openpyxl.Workbook()
    for row in (["Item", "Price"], ["A", 100], [], ["Total", "=SUM(B2:B2)"]):
        book.active.append(row)
    (page,) = read(_saved(book))
    assert page.text.endswith("| A | 100 |\n| Total | (not calculated) |")
    assert page.notes == (NOT_CALCULATED_NOTE,)


@pytest.mark.parametrize("stated", [b' fullCalcOnLoad="1"', b'<calcPr calcId="124519" fullCalcOnLoad="1"/>', b""])
def test_results_are_read_as_they_were_saved(read: Read, stated: bytes) -> None:
    """A workbook that does not say how it is to be calculated, as most, is not one that nobody worked out."""
    book = openpyxl.Workbook()
    book.calculation.fullCalcOnLoad = bool(stated)
    book.active.append(["Item", "Price", "Note"])
    book.active.append(["A", "=1-1", '=""'])
    data = _saved(book)
    for old, new in ((b"<f>1-1</f><v></v>", b"<f>1-1</f><v>0</v>"), (b'"C2"><f>', b'"C2" t="str"><f>')):
        data = _replaced(data, old, new)
    if stated:
        data = _replaced(data, stated, b"")
    (page,) = read(data)
    assert (page.text, page.notes) == ("| Item | Price | Note |\n| --- | --- | --- |\n| A | 0 |  |", ())


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        assert any(old in source.read(member) for member in source.infolist())
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member, content.replace(old, new))
    return out.getvalue()


def test_hidden_rows_and_columns_are_left_out_as_hidden_sheets_are(read: Read) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Item", "Cost", "Price", "Margin"], ["A", 1, 2, 0.5], ["Secret", 3, 4, 0.9], ["B", None, 6, 0.1]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    (page,) = read(_saved(book))
    assert page.text == "| Item | Price | Margin |\n| --- | --- | --- |\n| A | 2 | 0.5 |\n| B | 6 | 0.1 |"
    assert page.notes == (HIDDEN_NOTE,)


def test_old_workbooks_too(read: Read) -> None:
    prices, depots = read((Path(__file__).parent / "made" / "hidden.xls").read_bytes())
    assert [(page.number, page.label) for page in (prices, depots)] == [(1, "Prices"), (2, "Depots")]
    assert prices.text == (
        "| Article | Price | Share |\n| --- | --- | --- |\n| Meter | 149 | 25% |\n| Buoy | 12.5 | 50% |"
    )
    assert (prices.notes, depots.notes) == ((HIDDEN_NOTE,), ())


def test_who_uploaded_it_is_told_what_to_do(upload: Upload, people: SimpleNamespace) -> None:
    run_inline(upload("prices.xlsx", _calculated()).version)
    (job,) = shown_jobs(people.alice).jobs
    assert (job.state, job.note) == ("done", NOT_CALCULATED_NOTE)

"""Tables of PDFs as people draw them: every value stands in its row, under its column's name, and is marked there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from assistant.selection.units import cells_of, row_in_words, table_header
from ingest.parsers.pdf import PdfParser
from knowledge import pdf_view

BODY = getSampleStyleSheet()["BodyText"]
HEADER = Paragraph("<b>What to do<br/>then</b>", BODY)
ROWS: list[list[object]] = [
    [Paragraph("<b>Code</b>", BODY), Paragraph("<b>Class</b>", BODY), Paragraph("<b>Meaning</b>", BODY), HEADER],
    ["E15", "warn", "Clock not set", "Open a session"],
    ["E16", "warn", Paragraph("Tilt above 35 degrees for 1 hour", BODY), Paragraph("Check the ballast and wet", BODY)],
    ["E17", "stop", "Memory fault", "Send to service"],
]
WIDTHS = [50, 50, 110, 90]
LEVEL = TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black), ("BACKGROUND", (0, 0), (-1, 0), colors.beige)])
GRID = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
FEW_RULES = TableStyle([(f"LINE{where}", (0, row), (-1, row), 1, colors.black) for where, row in
                        (("ABOVE", 0), ("BELOW", 0), ("BELOW", -1))])  # fmt: skip
UNDER_HEADER = "Before the table stands a sentence that is long enough to be one."


def page_of(folder: Path, *story: Flowable) -> tuple[Path, str]:
    """The file and what is read of its first page."""
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build(list(story))
    path = folder / "table.pdf"
    path.write_bytes(out.getvalue())
    return path, next(iter(PdfParser().parse(path).pages)).text


def rows_in_words(text: str) -> list[str]:
    """Rows as an answer shows them, each value with its column's name."""
    found = []
    for start in (at for at, _ in enumerate(text) if text.startswith("|", at) and (at == 0 or text[at - 1] == "\n")):
        line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
        header = table_header(text, start)
        if header and cells_of(line) != header and "---" not in line:
            found.append(row_in_words(header, cells_of(line)))
    return found


@pytest.mark.parametrize("style", [LEVEL, GRID], ids=["rules between rows", "a grid"])
def test_wrapped_cells_stay_whole_and_under_their_names(tmp_path: Path, style: TableStyle) -> None:
    _, text = page_of(tmp_path, Paragraph(UNDER_HEADER, BODY), Table(ROWS, WIDTHS, style=style))
    assert rows_in_words(text) == [
        "Code: E15; Class: warn; Meaning: Clock not set; What to do then: Open a session",
        "Code: E16; Class: warn; Meaning: Tilt above 35 degrees for 1 hour; What to do then: Check the ballast and wet",
        "Code: E17; Class: stop; Meaning: Memory fault; What to do then: Send to service",
    ]
    assert text.index(UNDER_HEADER) < text.index("| Code")


def test_a_table_with_three_rules_has_a_row_for_each_line(tmp_path: Path) -> None:
    rows = [["Depth", "Sheltered", "Open"], ["up to 5 m", "40 kg", "75 kg"], ["5 to 15 m", "60 kg", "-"],
            ["15 to 40 m", "80 kg", "150 kg"]]  # fmt: skip
    _, text = page_of(tmp_path, Table(rows, [100, 80, 80], style=FEW_RULES))
    assert rows_in_words(text) == [
        "Depth: up to 5 m; Sheltered: 40 kg; Open: 75 kg",
        "Depth: 5 to 15 m; Sheltered: 60 kg; Open: -",
        "Depth: 15 to 40 m; Sheltered: 80 kg; Open: 150 kg",
    ]


def test_without_a_header_no_value_gets_another_s_name(tmp_path: Path) -> None:
    rows = [["Owner", "Hanna Quist"], ["In force from", "1 March 2026"], ["Class", "internal"], ["Pages", "4"]]
    _, text = page_of(tmp_path, Table(rows, [120, 160], style=GRID))
    assert rows_in_words(text) == ["Owner; Hanna Quist", "In force from; 1 March 2026", "Class; internal", "Pages; 4"]


def test_a_cell_s_bar_makes_no_column(tmp_path: Path) -> None:
    rows = [[Paragraph("<b>Item</b>", BODY), Paragraph("<b>Limit</b>", BODY)], ["Books a|b", "150"], ["Meals", "45"]]
    _, text = page_of(tmp_path, Table(rows, [120, 160], style=GRID))
    assert rows_in_words(text) == ["Item: Books a/b; Limit: 150", "Item: Meals; Limit: 45"]


def test_a_row_is_marked_where_it_is_drawn(tmp_path: Path) -> None:
    path, text = page_of(tmp_path, Paragraph(UNDER_HEADER, BODY), Table(ROWS, WIDTHS, style=LEVEL))
    start = text.index("| E16")
    boxes = pdf_view.boxes(str(path), 1, text, start, text.index("\n", start))
    assert len(boxes) >= 4, "a mark for each cell"
    tops = [box["top"] for box in boxes]
    above = pdf_view.boxes(str(path), 1, text, text.index("E15"), text.index("E15") + 3)
    below = pdf_view.boxes(str(path), 1, text, text.index("E17"), text.index("E17") + 3)
    assert above[0]["top"] < min(tops) and max(tops) < below[0]["top"]


def _between_lines(texts: Sequence[str]) -> list[Flowable]:
    return [part for text in texts for part in (HRFlowable(width="100%"), Paragraph(text, BODY))]


def test_lines_between_sections_make_no_table(tmp_path: Path) -> None:
    sections = [f"Section {number} says in a whole sentence what the rule of this section is." for number in range(5)]
    _, text = page_of(tmp_path, *_between_lines(sections), HRFlowable(width="100%"))
    assert "|" not in text
    assert all(section in " ".join(text.split()) for section in sections)


def test_a_drawing_of_very_many_lines_is_no_table_and_takes_no_time(tmp_path: Path) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.drawString(60, 810, "Plan of the ground floor")
    for number in range(3000):
        canvas.line(50, 20 + number * 0.25, 100 + number * 0.1, 20 + number * 0.25)
    canvas.save()
    path = tmp_path / "plan.pdf"
    path.write_bytes(out.getvalue())
    assert next(iter(PdfParser().parse(path).pages)).text == "Plan of the ground floor"

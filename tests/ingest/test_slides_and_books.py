"""Slides are read as an audience sees them; the chapters of a book as web pages are."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from knowledge.errors import UnreadableDocument
from tests.ingest.parsing import pages_of, text_of

BAR = Inches(1)


def pages(deck: Any) -> list[str]:
    out = io.BytesIO()
    deck.save(out)
    return [page.text for page in pages_of(out.getvalue(), "deck.pptx")]


def box(slide: Any, *runs: tuple[str, dict[str, str]]) -> None:
    paragraph = slide.shapes.add_textbox(0, 0, BAR, BAR).text_frame.paragraphs[0]
    for text, properties in runs:
        run = paragraph.add_run()
        run.text = text
        for name, value in properties.items():
            run.font._element.set(name, value)


def titled(deck: Any, title: str, notes: str = "") -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
    return slide


def test_raised_lowered_and_struck_runs() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box(slide, ("10", {}), ("6", {"baseline": "30000"}), (" units, CO", {}), ("2", {"baseline": "-25000"}), (", ", {}))
    box(slide, ("140", {"strike": "sngStrike"}), ("160", {"strike": "noStrike", "baseline": "0"}), (" euros", {}))
    assert pages(deck) == ["10⁶ units, CO₂,\n160 euros"]


def test_a_hidden_slide_counts_and_is_not_read() -> None:
    deck = Presentation()
    titled(deck, "First")
    titled(deck, "Secret", "Secret notes")._element.set("show", "0")
    titled(deck, "Third", "Notes of the third")
    first, second, third = pages(deck)
    assert (first, second) == ("# First", "Hidden slide (not read)")
    assert "# Third" in third
    assert "Notes of the third" in third


def test_slides_that_are_all_hidden_say_so() -> None:
    deck = Presentation()
    titled(deck, "Secret")._element.set("show", "0")
    with pytest.raises(UnreadableDocument, match="hidden"):
        pages(deck)


def test_hidden_shapes_are_not_read() -> None:
    deck = Presentation()
    slide = titled(deck, "Seen")
    box(slide, ("SECRET", {}))
    slide.shapes[-1]._element.nvSpPr.cNvPr.set("hidden", "1")
    assert pages(deck) == ["# Seen"]


def test_merged_cells_of_a_slide_stand_in_every_place_they_cover() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(4, 3, 0, 0, BAR, BAR).table
    rows = (("Land", "City", "Limit"), ("Germany", "A|B", "140"), ("", "Munich", "150"), ("All", "", ""))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2))
    [text] = pages(deck)
    rows_read = [" ".join(line.split()) for line in text.splitlines()]
    assert rows_read[2:] == ["| Germany | A/B | 140 |", "| Germany | Munich | 150 |", "| All | | |"]


def test_what_follows_a_chart_does_not_stand_in_its_last_row() -> None:
    deck = Presentation()
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("Sales", (1.5, 2.5))
    titled(deck, "Results").shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, BAR, BAR, data)
    assert "| Q2 | 2.5 |\n\n# Results" in pages(deck)[0]


def test_a_chapter_of_a_book_is_read_as_a_web_page() -> None:
    container = '<container><rootfiles><rootfile full-path="content.opf"/></rootfiles></container>'
    manifest = '<manifest><item id="c" href="one.xhtml"/></manifest><spine><itemref idref="c"/></spine>'
    chapter = (
        "<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body>"
        "<h1>Größe</h1><p>10<sup>6</sup> units at <del>140</del> 160 euros.</p><p hidden='hidden'>SECRET</p>"
        "<table><tr><td rowspan='2'>Germany</td><td>A|B</td></tr><tr><td>Munich</td></tr></table></body></html>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("content.opf", f"<package><metadata/>{manifest}</package>")
        archive.writestr("one.xhtml", chapter)
        archive.writestr("cover.jpg", b"COVER")
    text = text_of(out.getvalue().replace(b"COVER", b"harm!"), "book.epub")
    assert "# Größe\n\n10⁶ units at 160 euros.\n\n| Germany | A/B |\n| --- | --- |\n| Germany | Munich |" in text
    assert "SECRET" not in text

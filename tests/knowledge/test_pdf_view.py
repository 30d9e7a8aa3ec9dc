"""The marked box against the words themselves: where reportlab drew them, there the box must be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from knowledge import pdf_view

WIDTH, HEIGHT = 400, 600


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    canvas.setFont("Helvetica", 12)
    canvas.drawString(50, 500, "The meal allowance is 45 EUR")
    canvas.drawString(50, 480, "per day for every traveller. It is paid monthly.")
    canvas.drawString(50, 300, "It is paid monthly.")
    canvas.showPage()
    canvas.save()
    return path


def boxes_of(path: Path, quote: str, occurrence: int = 0) -> list[pdf_view.Box]:
    """Boxes of a quote of what was read from the first page, at its nth place (from 0)."""
    text = PdfReader(path).pages[0].extract_text()
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(quote, start + 1)
    return pdf_view.boxes(str(path), 1, text, start, start + len(quote))


def close(value: float, expected: float) -> bool:
    return abs(value - expected) < 1.0  # percent of the page


def test_a_quote_across_two_lines_gets_a_box_on_each(drawn: Path) -> None:
    first, second = boxes_of(drawn, "45 EUR\nper day")
    left = 50 + stringWidth("The meal allowance is ", "Helvetica", 12)
    assert close(first["left"], left / WIDTH * 100)
    assert close(
        first["left"] + first["width"],
        (50 + stringWidth("The meal allowance is 45 EUR", "Helvetica", 12)) / WIDTH * 100,
    )
    assert first["top"] < (HEIGHT - 500) / HEIGHT * 100 < first["top"] + first["height"] + 1
    assert close(second["left"], 50 / WIDTH * 100)
    assert close(second["width"], stringWidth("per day", "Helvetica", 12) / WIDTH * 100)


def test_the_same_words_twice_are_told_apart(drawn: Path) -> None:
    upper = boxes_of(drawn, "It is paid monthly.")
    lower = boxes_of(drawn, "It is paid monthly.", 1)
    assert upper[0]["top"] < 21
    assert lower[0]["top"] > 45


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_follow_rotation_and_crop(drawn: Path, tmp_path: Path, rotation: int) -> None:
    """Ink inside the box, and none of the line's ink left when the box is painted over."""
    writer = PdfWriter(clone_from=PdfReader(drawn))
    writer.pages[0].rotate(rotation)
    writer.pages[0].cropbox.lower_left = (20, 200)
    turned = tmp_path / f"turned{rotation}.pdf"
    writer.write(turned)
    picture = tmp_path / "page.png"
    size = pdf_view.render(str(turned), 1, str(picture), 1000)
    (box,) = boxes_of(turned, "The meal allowance is 45 EUR")
    image = Image.open(picture).convert("L")
    region = (
        int(box["left"] / 100 * size["width"]),
        int(box["top"] / 100 * size["height"]),
        int((box["left"] + box["width"]) / 100 * size["width"]) + 1,
        int((box["top"] + box["height"]) / 100 * size["height"]) + 1,
    )
    assert image.crop(region).getextrema()[0] < 100
    dark_all = sum(image.point(lambda value: value < 128 and 255).histogram()[255:])
    image.paste(255, region)
    dark_left = sum(image.point(lambda value: value < 128 and 255).histogram()[255:])
    whole = stringWidth("The meal allowance is 45 EUR", "Helvetica", 12)
    rest = stringWidth("per day for every traveller. It is paid monthly.", "Helvetica", 12) + stringWidth(
        "It is paid monthly.", "Helvetica", 12
    )
    assert (dark_all - dark_left) / dark_all == pytest.approx(whole / (whole + rest), abs=0.08)


def test_words_that_are_not_there_get_no_box(drawn: Path) -> None:
    assert pdf_view.boxes(str(drawn), 1, "nothing of the kind", 0, 19) == []
    # Half a mark would be a wrong one.
    assert pdf_view.boxes(str(drawn), 1, "The meal allowance is 54 EUR", 0, 28) == []

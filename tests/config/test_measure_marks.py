"""The measuring of marks runs as an operator would run it, on pages that are turned, cropped and set in columns."""

from __future__ import annotations

import io
import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from config.marks.witness import Witness, same_letters


def two_columns() -> bytes:
    """Columns drawn line by line across, as some programs do; one word broken, one line outside the crop box."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(500, 700), invariant=1)
    canvas.setFont("Helvetica", 10)
    left = ("The store opens at eight and", "closes at six, but for the win-", "ter months. Keys are kept here.")
    right = ("Visitors sign the book first.", "Efﬁcient work needs good light.", "Nobody smokes in the hall.")
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(60, 560 - 14 * row, one)
        canvas.drawString(290, 560 - 14 * row, other)
    canvas.drawString(60, 20, "Nobody sees this line.")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_turned_cropped_and_set_in_columns(tmp_path: Path) -> None:
    for rotation in (0, 90, 180, 270):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(two_columns())))
        writer.pages[0].rotate(rotation)
        writer.pages[0].cropbox.lower_left = (30, 100)
        writer.write(tmp_path / f"turned-{rotation}.pdf")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    output = StringIO()
    call_command("measure_marks", str(tmp_path), "--json", stdout=output)
    said = json.loads(output.getvalue())
    assert said["overall"]["files_without"] == 1
    assert said["overall"]["sentences"] >= 12
    assert said["overall"]["exact"] == said["overall"]["sentences"], said["files"]


def test_the_witness_sees_a_box_that_is_too_wide(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(two_columns())
    with Witness(path) as witness:
        line = {"left": 57.0, "top": 18.5, "width": 40.0, "height": 1.9}
        words = witness.words_under(1, [line])
        assert same_letters(words, "Visitors sign the book first.")
        wide = witness.words_under(1, [line | {"left": 10.0, "width": 87.0}])
        assert not same_letters(wide, "Visitors sign the book first.")

"""Files the tests make themselves, good ones and bad ones. Each function gives bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage

import openpyxl
from docx import Document as WordDocument
from pptx import Presentation
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def pdf(pages: Sequence[Sequence[str]], bold_first: bool = True) -> bytes:
    """One PDF page per item; its first line is set larger, as headings are."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for lines in pages:
        height = 780
        for number, line in enumerate(lines):
            heading = bold_first and number == 0
            canvas.setFont("Helvetica-Bold" if heading else "Helvetica", 18 if heading else 11)
            canvas.drawString(60, height, line)
            height -= 30 if heading else 16
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned_pdf() -> bytes:
    """Pages with a drawing and no text at all."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for _ in range(2):
        canvas.rect(100, 100, 300, 400, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted_pdf(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf([["Secret plan", "Nobody may read this without the word."]])))
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx() -> bytes:
    document = WordDocument()
    document.add_heading("Travel policy", 1)
    document.add_paragraph("Every journey is booked through the travel desk.")
    document.add_heading("Hotels", 2)
    document.add_paragraph("A hotel may cost 140 euros a night. In capitals it may cost 190 euros.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("City", "Limit"), ("Lisbon", "150")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pptx() -> bytes:
    deck = Presentation()
    for number, (title, body) in enumerate(
        (("Results 2026", "Sales grew by 8 %."), ("Outlook", "We hire six people."))
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
        if number == 1:
            slide.notes_slide.notes_text_frame.text = "Mention the new depot."
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Prices"
    for row in (["Price list 2026"], [], ["Article", "Price", "Share"], ["Meter", 149.0, 0.25], ["Buoy", 12.5, None]):
        sheet.append(row)
    sheet["C4"].number_format = "0%"
    book.create_sheet("Depots").append(["Depot", "City"])
    hidden = book.create_sheet("Old")
    hidden.append(["obsolete figures"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def eml() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ina <ina@firm.example>", "All <all@firm.example>"
    message["Subject"] = "Car park closed für zwei Wochen"
    message["Date"] = "Thu, 01 Oct 2026 11:42:06 +0200"
    message.set_content("The north car park is closed until 23 October.")
    message.add_alternative("<p>The <b>north</b> car park is closed.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="map.pdf")
    return message.as_bytes()


HTML = b"""<!doctype html><html><head><title>t</title><style>.veil {display:none} p {color:red}</style></head><body>
<h1>Desk rules</h1><!-- secret comment --><p>Lunch is at <b>noon</b>, see <a href="http://x.example">the plan</a>.</p>
<p style="display: none">HIDDEN one</p><p class="veil">HIDDEN two</p><span style="font-size:0">HIDDEN three</span>
<div hidden>HIDDEN four</div><script>alert("HIDDEN five")</script>
<table><tr><td>Day</td><td>Room</td></tr><tr><td>Monday</td><td>4</td></tr></table></body></html>"""


def zip_bomb() -> bytes:
    """A Word file that declares to unpack to 600 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(600):
                part.write(b" " * 1024 * 1024)
    return out.getvalue()

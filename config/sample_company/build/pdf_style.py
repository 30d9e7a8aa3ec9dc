"""How the company's PDF files look: styles, tables, and the pages with their footers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from config.sample_company.build.common import COMPANY

BLUE = colors.HexColor("#1d4e63")
PALE = colors.HexColor("#e6eff2")
GAP = 18.0


@dataclass(frozen=True)
class Look:
    """What differs from one PDF to the next."""

    title: str
    author: str
    footer: str
    page: tuple[float, float] = A4
    body: float = 10.0
    margin: float = 54.0

    @property
    def width(self) -> float:
        return self.page[0] - 2 * self.margin

    @property
    def height(self) -> float:
        return self.page[1] - 2 * self.margin


def style(look: Look, name: str) -> ParagraphStyle:
    """The paragraph style of one kind of block, scaled to the body size of the document."""
    size = look.body
    plain: dict[str, Any] = {
        "fontName": "Helvetica",
        "fontSize": size,
        "leading": size * 1.38,
        "spaceAfter": size * 0.6,
    }
    bold: dict[str, Any] = {"fontName": "Helvetica-Bold", "textColor": BLUE, "keepWithNext": 1}
    special: dict[str, dict[str, Any]] = {
        "heading1": bold | _sizes(size * 1.8, before=0, after=size),
        "heading2": bold | _sizes(size * 1.35, before=size, after=size * 0.6),
        "heading3": bold | _sizes(size * 1.1, before=size * 0.6, after=size * 0.4),
        "bullet": {"leftIndent": size * 1.6, "bulletIndent": size * 0.5, "spaceAfter": size * 0.3},
        "number": {"leftIndent": size * 1.6, "firstLineIndent": -size * 1.6, "spaceAfter": size * 0.3},
        "caption": {"fontName": "Helvetica-Oblique", "fontSize": size * 0.9, "spaceBefore": size * 0.4},
        "cell": {"fontSize": size * 0.88, "leading": size * 1.1, "spaceAfter": 0},
        "head": {"fontName": "Helvetica-Bold", "fontSize": size * 0.88, "leading": size * 1.1},
    }
    return ParagraphStyle(name, **(plain | special.get(name, {})))


def _sizes(size: float, before: float, after: float) -> dict[str, Any]:
    return {"fontSize": size, "leading": size * 1.2, "spaceBefore": before, "spaceAfter": after}


def table(look: Look, rows: list[list[str]], widths: list[float], available: float) -> Flowable:
    """A table with a header row that repeats on the next page."""
    head, cell = style(look, "head"), style(look, "cell")
    cells = [[Paragraph(text, cell if number else head) for text in row] for number, row in enumerate(rows)]
    shares = widths or [1.0] * len(rows[0])
    drawn = Table(cells, colWidths=[available * share / sum(shares) for share in shares], repeatRows=1)
    rules: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    drawn.setStyle(TableStyle(rules))
    drawn.spaceAfter = look.body
    return drawn


def document(path: Path, look: Look) -> BaseDocTemplate:
    """An empty document with a one-column page and a two-column page, both with the footer."""
    doc = BaseDocTemplate(
        str(path), pagesize=look.page, title=look.title, author=look.author, creator=COMPANY, invariant=1
    )

    def footer(canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 7.5)
        canvas.setFillColor(colors.dimgrey)
        canvas.drawString(look.margin, look.margin * 0.55, look.footer)
        number = f"Page {canvas.getPageNumber()}"
        canvas.drawRightString(look.page[0] - look.margin, look.margin * 0.55, number)
        canvas.restoreState()

    one = Frame(look.margin, look.margin, look.width, look.height, 0, 0, 0, 0)
    half = (look.width - GAP) / 2
    left = Frame(look.margin, look.margin, half, look.height, 0, 0, 0, 0)
    right = Frame(look.margin + half + GAP, look.margin, half, look.height, 0, 0, 0, 0)
    doc.addPageTemplates(
        [
            PageTemplate(id="one", frames=[one], onPageEnd=footer),
            PageTemplate(id="two", frames=[left, right], onPageEnd=footer),
        ]
    )
    return doc

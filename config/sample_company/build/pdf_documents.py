"""The text PDFs: manuals, contracts, reports and memos, each from a source under ``build/text``."""

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from unittest.mock import patch

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    Paragraph,
    Spacer,
)

from config.sample_company.build.common import source, target
from config.sample_company.build.figures import figure
from config.sample_company.build.markup import Block, parse
from config.sample_company.build.pdf_style import GAP, Look, document, style, table

LOOKS = {
    "everyone/tarn-200-quick-guide.pdf": Look(
        title="Tarn 200 Quick Guide",
        author="Product documentation",
        footer="Orrin Vale Instruments - Tarn 200 Quick Guide - QG-200 rev. 4",
        page=A5,
        body=9.5,
        margin=42,
    ),
    "everyone/works-council-agreement.pdf": Look(
        title="Works Council Agreement",
        author="Hanna Quist",
        footer="Works council agreement WA-2026-01",
    ),
    "finance/supplier-contract-hydrosense.pdf": Look(
        title="Supply Agreement OV-SC-2024-117",
        author="Tobias Achterberg",
        footer="Supply Agreement OV-SC-2024-117 - Confidential",
    ),
    "finance/procurement-policy.pdf": Look(
        title="Procurement Policy",
        author="Farid Haddad",
        footer="FIN-POL-06 Procurement Policy - version 3.1 - Internal",
    ),
    "engineering/tarn-500-product-manual.pdf": Look(
        title="Tarn 500 Product Manual",
        author="Product documentation",
        footer="Tarn 500 Product Manual - PM-500 rev. F - Controlled copy",
        page=A5,
        body=9.5,
        margin=42,
    ),
    "engineering/tarn-200-service-guide.pdf": Look(
        title="Tarn 200 Service Guide",
        author="Product documentation",
        footer="Tarn 200 Service Guide - SG-200 rev. 3",
    ),
    "engineering/test-report-tarn-500-salt-fog.pdf": Look(
        title="Test Report QR-2026-031",
        author="Jun Tanabe",
        footer="Test Report QR-2026-031 - Tarn 500 salt fog - Internal",
    ),
    "board/acquisition-memo-lakewright.pdf": Look(
        title="Project Heron",
        author="Tobias Achterberg",
        footer="Project Heron - Strictly confidential - Board members only",
    ),
}

# The user password of the works council agreement is "kestrel-2026".
LOCKED = {"everyone/works-council-agreement.pdf": "kestrel-2026"}


@dataclass
class Layout:
    """A story under construction, with what the last directives asked for."""

    look: Look
    story: list[Flowable] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    columns: int = 1

    @property
    def available(self) -> float:
        return self.look.width if self.columns == 1 else (self.look.width - GAP) / 2

    def add(self, block: Block) -> None:
        if block.kind == "directive":
            self._obey(*block.text.split())
        elif block.kind == "table":
            self.story.append(table(self.look, block.rows, self.widths, self.available))
            self.widths = []
        else:
            self.story.append(self._paragraph(block))

    def _paragraph(self, block: Block) -> Flowable:
        name = f"heading{block.level}" if block.kind == "heading" else block.kind
        if block.kind == "paragraph" and re.match(r"(Figure|Table) \d+: ", block.text):
            name = "caption"
        bullet = "-" if block.kind == "bullet" else None
        return Paragraph(block.text, style(self.look, name), bulletText=bullet)

    def _obey(self, name: str, *values: str) -> None:
        if name == "pagebreak":
            self.story.append(PageBreak())
        elif name == "columnbreak":
            self.story.append(FrameBreak())
        elif name == "space":
            self.story.append(Spacer(1, float(values[0])))
        elif name == "need":
            self.story.append(CondPageBreak(float(values[0])))
        elif name == "widths":
            self.widths = [float(value) for value in values]
        elif name == "figure":
            self.story.append(figure(values[0], self.available))
        elif name == "columns":
            self.columns = int(values[0])
            self.story.extend([NextPageTemplate("one" if self.columns == 1 else "two"), PageBreak()])
        else:
            raise ValueError(f"unknown directive: {name}")


def write(path: Path, look: Look, text: str) -> None:
    """Draw one source text as a PDF file."""
    layout = Layout(look)
    for block in parse(text):
        layout.add(block)
    document(path, look).build(layout.story)


def lock(path: Path, password: str) -> None:
    """Encrypt a PDF file; the random numbers come from a fixed seed, so each run gives the same file."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(path.read_bytes())))
    with patch("secrets.token_bytes", Random(2026).randbytes):
        writer.encrypt(user_password=password, owner_password=f"{password}-owner", algorithm="AES-256")
        with path.open("wb") as stream:
            writer.write(stream)


def build(root: Path) -> None:
    for name, look in LOOKS.items():
        collection, file = name.split("/")
        path = target(root, collection, file)
        write(path, look, source(f"{path.stem}.md"))
        if name in LOCKED:
            lock(path, LOCKED[name])

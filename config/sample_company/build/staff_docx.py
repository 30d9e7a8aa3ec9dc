"""The Word documents of the collections ``everyone`` and ``hr``, drawn from the sources in ``text``."""

from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt

from config.sample_company.build.common import FIXED_DATE, rezip, source, target
from config.sample_company.build.markup import Block, parse

LIST_STYLES = {"bullet": "List Bullet", "number": "List Number"}


@dataclass(frozen=True)
class Sheet:
    """One Word document: where it goes and whose name it carries."""

    collection: str
    name: str
    author: str


SHEETS = (
    Sheet("everyone", "travel-policy-2026", "Tobias Achterberg"),
    Sheet("everyone", "expense-rules", "Farid Haddad"),
    Sheet("hr", "hr-handbook", "Hanna Quist"),
)


def build(root: Path) -> None:
    """Write every Word document of the two collections."""
    for sheet in SHEETS:
        write(sheet, target(root, sheet.collection, f"{sheet.name}.docx"))


def write(sheet: Sheet, path: Path) -> None:
    """Write one document so that its bytes are the same on every run."""
    blocks = parse(source(f"{sheet.name}.md"))
    document = Document()
    set_properties(document, blocks[0].text, sheet.author)
    document.styles["Normal"].font.size = Pt(10.5)
    for block in blocks:
        add(document, block)
    document.save(str(path))
    rezip(path)


def set_properties(document: WordDocument, title: str, author: str) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = author
    properties.last_modified_by = author
    properties.comments = ""
    properties.revision = 1
    properties.created = FIXED_DATE
    properties.modified = FIXED_DATE


def add(document: WordDocument, block: Block) -> None:
    """Append one block of the source."""
    if block.kind == "heading":
        document.add_heading(block.text, level=block.level)
    elif block.kind == "table":
        add_table(document, block.rows)
    else:
        document.add_paragraph(block.text, style=LIST_STYLES.get(block.kind))


def add_table(document: WordDocument, rows: list[list[str]]) -> None:
    """Append a table whose first row is a bold header."""
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for number, row in enumerate(rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold = number == 0
    document.add_paragraph()

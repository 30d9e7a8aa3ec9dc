"""The Word files of engineering and the board, each from a source under ``build/text``."""

import re
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from config.sample_company.build.common import COMPANY, FIXED_DATE, rezip, source, target
from config.sample_company.build.markup import Block, parse

AUTHORS = {
    "engineering/calibration-procedure.docx": "Jun Tanabe",
    "board/board-minutes-2026-06.docx": "Eluned Pryce",
}
STYLES = {"paragraph": "Normal", "bullet": "List Bullet", "number": "List Number"}


def write(path: Path, author: str, text: str) -> None:
    """Draw one source text as a Word file."""
    word = Document()
    for block in parse(text):
        _add(word, block)
    properties = word.core_properties
    properties.author = properties.last_modified_by = author
    properties.title = parse(text)[0].text
    properties.comments = COMPANY
    properties.created = properties.modified = FIXED_DATE
    properties.revision = 1
    word.save(str(path))
    rezip(path)


def _add(word: WordDocument, block: Block) -> None:
    if block.kind == "heading":
        word.add_heading(block.text, level=block.level)
    elif block.kind == "table":
        _add_table(word, block.rows)
    elif block.kind == "number":
        _add_runs(word, STYLES[block.kind], re.sub(r"^\d+\. ", "", block.text))
    else:
        _add_runs(word, STYLES[block.kind], block.text)


def _add_runs(word: WordDocument, style: str, text: str) -> None:
    """A paragraph in which ``**words**`` are bold."""
    paragraph = word.add_paragraph(style=style)
    for number, piece in enumerate(text.split("**")):
        if piece:
            paragraph.add_run(piece).bold = number % 2 == 1


def _add_table(word: WordDocument, rows: list[list[str]]) -> None:
    """A table whose first row repeats on each page."""
    drawn = word.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for row in rows:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.text = text
    properties = drawn.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader")))


def build(root: Path) -> None:
    for name, author in AUTHORS.items():
        collection, file = name.split("/")
        path = target(root, collection, file)
        write(path, author, source(f"{path.stem}.md"))

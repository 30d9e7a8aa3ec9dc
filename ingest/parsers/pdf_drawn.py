"""A PDF's text as the library reads it that draws the pages, for pages that the two libraries read differently.

Words are shown on the picture of their page, so what that library reads can be marked there. Where it reads the same
letters in the same order as pypdf, pypdf's text is kept; where it does not (columns torn apart, letters without a
meaning, text outside the visible page), its own is. Tables are written out in rows, where they stand in that text.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium

from ingest.parsers.cleaning import RIGHT_TO_LEFT, clean_text
from ingest.parsers.pdf_rows import in_rows
from ingest.parsers.pdf_tables import tables
from knowledge.pdf_view import drawn_text
from knowledge.placing import letters

_DRAWN_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")  # letters as drawn: their order is that of drawing, too
_SAME_LETTERS = 0.9


class DrawnText:
    """One file as the drawing library reads it; nothing when it cannot open it."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: pdfium.PdfDocument | None = pdfium.PdfDocument(path)
        except pdfium.PdfiumError:
            self._file = None

    def better(self, index: int, text: str) -> str:
        """The text of page ``index`` (from 0) to store: the one given, or the drawing library's clean text."""
        if self._file is None or index >= len(self._file):
            return text
        try:
            page = self._file[index]
            text_page = page.get_textpage()
            drawn = drawn_text(page, text_page)
            found = tables(page, text_page, drawn)
        except pdfium.PdfiumError:
            return text
        ours, theirs = letters(text).text, letters(drawn).text
        if ours != theirs:
            if _right_to_left(text) and _alike(ours, theirs):
                return text
            text = clean_text(drawn.replace("\x02", "-").replace("\ufffe", "-"))
        return clean_text(in_rows(text, drawn, found)) if found else text


def _right_to_left(text: str) -> bool:
    """Whether pypdf's order is the better one: it keeps that of right-to-left words, unless they come as drawn."""
    return bool(RIGHT_TO_LEFT.search(text)) and not _DRAWN_FORMS.search(text)


def _alike(ours: str, theirs: str) -> bool:
    """Whether two texts have nearly the same letters, in whatever order."""
    a, b = Counter(ours), Counter(theirs)
    return (a & b).total() >= _SAME_LETTERS * max(a.total(), b.total())

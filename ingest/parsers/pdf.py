"""PDF, page by page."""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import EmptyFileError, FileNotDecryptedError, LimitReachedError, PyPdfError

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.cleaning import clean_line, clean_text
from ingest.parsers.kinds import PDF
from ingest.parsers.pdf_drawn import DrawnText
from ingest.parsers.pdf_headings import Fragment, Typography, outline_headings
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import DAMAGED

# What a damaged file makes the library raise; such a page is left out and the others are read.
_BREAKAGE = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, zlib.error,
)  # fmt: skip
_OUTLINE_ENTRIES = 5000
_NO_TEXT = (
    "no_text",
    "This PDF contains pictures only, with no text that can be read. Run it through text recognition (OCR) and upload "
    "the result.",
)
_TOO_MUCH = (
    "too_large",
    "The pages of this PDF unpack to more than may be read, so reading was stopped. Print it to a new PDF, or split "
    "it, and upload that.",
)
_ENCRYPTED = "This PDF is password-protected. Remove the password and upload it again."

Outline = Mapping[int, list[tuple[int, str]]]


class PdfParser:
    media_types = frozenset({PDF})

    def parse(self, path: Path) -> ParsedDocument:
        try:
            reader = PdfReader(path)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableDocument("encrypted", _ENCRYPTED)
            total = len(reader.pages)
        except EmptyFileError as error:
            raise UnreadableDocument("empty", "This file is empty.") from error
        except FileNotDecryptedError as error:
            raise UnreadableDocument("encrypted", _ENCRYPTED) from error
        except _BREAKAGE as error:
            raise UnreadableDocument("damaged", DAMAGED) from error
        if total == 0:
            raise UnreadableDocument("damaged", DAMAGED)
        return ParsedDocument(total, _pages(reader, total, DrawnText(path)), _NO_TEXT, _stated_title(reader))


def _stated_title(reader: PdfReader) -> str:
    try:
        return str((reader.metadata and reader.metadata.title) or "")
    except _BREAKAGE:
        return ""


def _pages(reader: PdfReader, total: int, drawn: DrawnText) -> Iterator[ParsedPage]:
    outline = _outline(reader)
    typography = Typography()
    some_read = too_much = False
    for index in range(total):
        fragments: list[Fragment] = []
        try:
            text = drawn.better(index, clean_text(_text(reader.pages[index], fragments)))
        except _BREAKAGE as error:
            too_much = too_much or isinstance(error, LimitReachedError)
            yield ParsedPage(index + 1, "page", "", readable=False)
            continue
        some_read = True
        headings = outline_headings(text, outline.get(index, [])) if outline else typography.headings(text, fragments)
        yield ParsedPage(index + 1, "page", text, headings=headings)
    if too_much and not some_read:
        raise UnreadableDocument(*_TOO_MUCH)


def _text(page: PageObject, fragments: list[Fragment]) -> str:
    def see(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            scale = math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
            name = str(font.get("/BaseFont", "")) if font else ""
            fragments.append(Fragment(clean_text(text), abs(size * scale), "bold" in name.lower()))

    return page.extract_text(visitor_text=see)


def _outline(reader: PdfReader) -> Outline:
    """Page index → (level, title) entries in order; empty when there is no usable outline."""
    entries: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    try:
        waiting: list[tuple[int, Any]] = [(1, entry) for entry in reversed(reader.outline)]
        for _ in range(_OUTLINE_ENTRIES):
            if not waiting:
                break
            level, entry = waiting.pop()
            if isinstance(entry, list):
                waiting.extend((level + 1, child) for child in reversed(entry))
                continue
            page, title = reader.get_destination_page_number(entry), clean_line(str(entry.title or ""))
            if page is not None and page >= 0 and title:
                entries[page].append((level, title))
    except _BREAKAGE:
        return {}
    return entries if sum(map(len, entries.values())) > 1 else {}

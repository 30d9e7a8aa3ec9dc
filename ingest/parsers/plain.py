"""Plain text and Markdown, in whatever character set they were written."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.cleaning import clean_text
from ingest.parsers.markdown import markdown_headings

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024


def charset_of(data: bytes) -> str:
    """The likely character set of a text: its byte order mark, then UTF-8, then what the letters' statistics say."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    zeros = data[:_SAMPLE].count(0)
    if zeros > len(data[:_SAMPLE]) // 4:
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best is not None else "cp1252"


def decode(data: bytes) -> str:
    """Never fails: bytes that fit no character become the replacement character."""
    return data.decode(charset_of(data), errors="replace")


def text_document(text: str, label: str = "", title: str = "") -> ParsedDocument:
    """A document without pages."""
    cleaned = clean_text(text)
    page = ParsedPage(1, "text", cleaned, label, markdown_headings(cleaned))
    return ParsedDocument(1, [page], title=title)


class PlainParser:
    media_types = frozenset({"text/plain", "text/markdown", "text/xml", "application/json"})

    def parse(self, path: Path) -> ParsedDocument:
        return text_document(decode(path.read_bytes()))

"""Plain text and Markdown, in whatever character set they were written."""

from __future__ import annotations

from pathlib import Path

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.charsets import decode
from ingest.parsers.cleaning import clean_text
from ingest.parsers.markdown import markdown_headings


def text_document(text: str, label: str = "", title: str = "") -> ParsedDocument:
    """A document without pages."""
    cleaned = clean_text(text)
    page = ParsedPage(1, "text", cleaned, label, markdown_headings(cleaned))
    return ParsedDocument(1, [page], title=title)


class PlainParser:
    media_types = frozenset({"text/plain", "text/markdown", "text/xml", "application/json"})

    def parse(self, path: Path) -> ParsedDocument:
        return text_document(decode(path.read_bytes()))

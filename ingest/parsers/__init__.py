"""Files become pages of text. ``read_file`` is what the sandbox runs: it decides by content which parser reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.parsers.base import Parser
from ingest.parsers.cleaning import clean_line
from ingest.parsers.html import HtmlParser
from ingest.parsers.kinds import media_type_of
from ingest.parsers.mail import MailboxParser, MailParser, OutlookParser
from ingest.parsers.odt import OpenTextParser
from ingest.parsers.office import BookParser, NotebookParser, SlidesParser, WordParser
from ingest.parsers.pdf import PdfParser
from ingest.parsers.plain import PlainParser
from ingest.parsers.separated import SeparatedParser
from ingest.parsers.workbooks import OldWorkbookParser, WorkbookParser
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import DAMAGED

PARSERS: tuple[Parser, ...] = (
    PdfParser(), WordParser(), SlidesParser(), WorkbookParser(), OldWorkbookParser(), SeparatedParser(),
    HtmlParser(), MailParser(), MailboxParser(), OutlookParser(), BookParser(), NotebookParser(),
    OpenTextParser(), PlainParser(),
)  # fmt: skip


def get_parser(media_type: str) -> Parser:
    """The parser for a media type that ``media_type_of`` gave."""
    return next(parser for parser in PARSERS if media_type in parser.media_types)


def read_file(path: str, filename: str) -> Iterator[dict[str, Any]]:
    """First ``{"media_type", "pages", "title"}``, then each page (``ParsedPage.to_json``) as soon as it is read.

    ``filename`` is what the person called the file; it decides only between kinds of plain text. Raises
    UnreadableDocument, also at the end when no page holds text.
    """
    media_type = media_type_of(Path(path), filename)
    document = get_parser(media_type).parse(Path(path))
    yield {"media_type": media_type, "pages": document.total_pages, "title": clean_line(document.title)}
    any_text = any_readable = False
    for page in document.pages:
        any_text = any_text or bool(page.text.strip())
        any_readable = any_readable or page.readable
        yield page.to_json()
    if not any_text:
        raise UnreadableDocument(
            *(document.no_text if any_readable or not document.total_pages else ("damaged", DAMAGED))
        )

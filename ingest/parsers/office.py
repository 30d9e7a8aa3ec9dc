"""Word and PowerPoint files, EPUB books and notebooks, by markitdown and the library that it reads Word with."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.parsers.base import ParsedDocument, ParsedPage
from ingest.parsers.cleaning import clean_line, clean_text
from ingest.parsers.html import PLAIN_MARKDOWN, make_plain, parsed
from ingest.parsers.kinds import DOCX, EPUB, IPYNB, PPTX
from ingest.parsers.markdown import markdown_headings
from ingest.parsers.parts import with_parts
from ingest.parsers.plain import text_document
from ingest.parsers.slides import HIDDEN_SLIDE, mended_slides
from ingest.parsers.word import word_to_markdown

_PROPERTIES = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SLIDE_MARK = re.compile(r"^<!-- Slide number: (\d+) -->$", re.MULTILINE)
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".ttf", ".otf", ".woff", ".woff2", ".mp3", ".mp4")
_CHAPTERS = (".xhtml", ".html", ".htm")
# The library ends the table of a chart without an end of line, so that the next shape's words stand in its last row.
_AFTER_CHART = re.compile(r"^(\|(?: [^|\n]* \|)+)(?=[^\s|])", re.MULTILINE)
_PICTURE = re.compile(r"^!\[([^\]]*)\]\([^)]*\)$", re.MULTILINE)
_OWN_NAME = re.compile(r"^(?:picture|image|grafik|bild|graphic|content placeholder)?[\s\d_-]*$", re.IGNORECASE)


class WordParser:
    media_types = frozenset({DOCX})

    def parse(self, path: Path) -> ParsedDocument:
        return text_document(word_to_markdown(path), title=stated_title(path))


class BookParser:
    media_types = frozenset({EPUB})

    def parse(self, path: Path) -> ParsedDocument:
        return text_document(_convert("EpubConverter", with_parts(path, _plain_chapter, without=_PICTURES), ".epub"))


class NotebookParser:
    media_types = frozenset({IPYNB})

    def parse(self, path: Path) -> ParsedDocument:
        with path.open("rb") as stream:
            return text_document(_convert("IpynbConverter", stream, ".ipynb"))


class SlidesParser:
    """One page per slide; the speaker's notes belong to their slide."""

    media_types = frozenset({PPTX})

    def parse(self, path: Path) -> ParsedDocument:
        slides = split_slides(_convert("PptxConverter", mended_slides(path), ".pptx"))
        no_text = ("no_text", "These slides contain pictures only, with no text.")
        if slides and all(text.strip() == HIDDEN_SLIDE for text in slides):
            slides, no_text = [""] * len(slides), ("no_text", "All of these slides are hidden, so none was read.")
        pages = [_slide(number, text) for number, text in enumerate(slides, start=1)]
        return ParsedDocument(len(pages), pages, no_text, stated_title(path))


def stated_title(path: Path) -> str:
    """The title among the properties of an Office file; "" when there is none that can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return str(fromstring(archive.read(_PROPERTIES)).findtext(_TITLE, ""))
    except (KeyError, ParseError, DefusedXmlException):
        return ""


def _convert(converter: str, stream: BinaryIO, extension: str) -> str:
    # Importing it costs most of a second; plain files and PDF do without.
    from markitdown import StreamInfo, converters

    result: Any = getattr(converters, converter)().convert(stream, StreamInfo(extension=extension), **PLAIN_MARKDOWN)
    return str(result.markdown)


def _plain_chapter(name: str, content: bytes) -> bytes:
    """A chapter of a book as the reader of web pages leaves it."""
    if not name.lower().endswith(_CHAPTERS):
        return content
    page = parsed(content)
    make_plain(page)
    return str(page).encode()


def split_slides(markdown: str) -> list[str]:
    """Texts of the slides in order. A mark that a slide's own text holds does not count: numbers run 1, 2, 3."""
    starts: list[tuple[int, int]] = []
    for mark in _SLIDE_MARK.finditer(markdown):
        if int(mark[1]) == len(starts) + 1:
            starts.append(mark.span())
    ends = [start for start, _ in starts[1:]] + [len(markdown)]
    return [markdown[after:end] for (_, after), end in zip(starts, ends, strict=True)]


def _slide(number: int, markdown: str) -> ParsedPage:
    markdown = _AFTER_CHART.sub(r"\1\n\n", markdown)
    text = clean_text(_PICTURE.sub(lambda m: "" if _OWN_NAME.match(m[1]) else m[1], markdown))
    headings = markdown_headings(text)
    title = headings[0].title if headings and headings[0].level == 1 else ""
    return ParsedPage(number, "slide", text, clean_line(title), headings)

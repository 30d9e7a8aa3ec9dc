"""Web pages: what a reader would see of them, as Markdown. Nothing is executed and nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector

from ingest.parsers.base import ParsedDocument
from ingest.parsers.charsets import decode, decode_as
from ingest.parsers.html_hidden import remove_hidden
from ingest.parsers.html_tables import plain_tables
from ingest.parsers.kinds import HTML
from ingest.parsers.plain import text_document
from ingest.parsers.raised import lowered, raised

# Emphasis, links and pictures add marks that nobody reads aloud: their text stays, the marks go.
PLAIN_MARKDOWN: dict[str, Any] = {
    "strip": ["a", "b", "strong", "i", "em", "u", "img", "code"],
    "escape_asterisks": False,
    "escape_underscores": False,
    "escape_misc": False,
    "table_infer_header": True,
}
_STRUCK = ("del", "s", "strike")
_STRIKING_STYLE = re.compile(r"(?<![\w-])text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_SHIFTING_STYLE = re.compile(r"(?<![\w-])vertical-align\s*:\s*(super|sub)(?![\w-])", re.IGNORECASE)
# The converter takes these for parts of a line, so that what stands in two of them makes one word or number. Words may
# also stand outside the body, and in a head that a page does not end: all of it is read.
_BLOCKS = [
    *("html", "head", "body", "header", "footer", "main", "nav", "aside", "address", "details", "summary", "figure"),
    *("fieldset", "legend", "form", "option", "optgroup", "button", "center", "hgroup", "search"),
]
_INLINE = ("span", "font", "small", "a", "b", "strong", "i", "em")


class HtmlParser:
    media_types = frozenset({HTML})

    def parse(self, path: Path) -> ParsedDocument:
        soup = parsed(path.read_bytes())
        stated = soup.title.get_text() if soup.title else ""
        return text_document(to_markdown(soup), title=stated)


def html_to_markdown(source: bytes | str) -> str:
    """The visible text as Markdown with headings, lists and tables."""
    return to_markdown(parsed(source))


def parsed(source: bytes | str) -> BeautifulSoup:
    """A page as a tree, with the end tags that its author may leave out."""
    text = source if isinstance(source, str) else _decoded(source)
    return BeautifulSoup(text.replace("\0", ""), "lxml", huge_tree=True)


def to_markdown(soup: BeautifulSoup) -> str:
    """Changes the tree."""
    # Importing it costs most of a second; plain files and PDF do without.
    from markitdown.converters import HtmlConverter

    make_plain(soup)
    return str(HtmlConverter().convert_string(str(soup), **PLAIN_MARKDOWN).markdown)


def make_plain(soup: BeautifulSoup) -> None:
    """Leaves of the tree what a reader sees and plain text can say."""
    remove_hidden(soup)
    for element in soup.find_all(_is_struck):
        if not element.decomposed:
            element.decompose()
    # The inner ones first: of an exponent with an exponent both are read.
    for element in reversed(soup.find_all(lambda element: bool(_shift(element)))):
        text = element.get_text()
        element.replace_with(raised(text) if _shift(element) == "sup" else lowered(text))
    plain_tables(soup)
    for element in soup(_BLOCKS):
        element.name = "div"


def _decoded(data: bytes) -> str:
    """Bytes that are UTF-8 are read so, whatever the page says of itself; of others its word counts."""
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    return decode_as(declared, data) if declared and not _is_utf8(data) else decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_struck(element: Tag) -> bool:
    """What its author has struck out no longer holds."""
    return element.name in _STRUCK or bool(_STRIKING_STYLE.search(str(element.get("style") or "")))


def _shift(element: Tag) -> str:
    """ "sup" for raised text, "sub" for lowered text, else ""."""
    if element.name in {"sup", "sub"}:
        return str(element.name)
    style = _SHIFTING_STYLE.search(str(element.get("style") or "")) if element.name in _INLINE else None
    return style[1].lower()[:3] if style else ""

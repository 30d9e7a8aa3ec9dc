"""Web pages: what a reader would see of them, as Markdown. Nothing is executed and nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Comment, Doctype, ProcessingInstruction, Tag

from ingest.parsers.base import ParsedDocument
from ingest.parsers.kinds import HTML
from ingest.parsers.plain import text_document

# Emphasis, links and pictures add marks that nobody reads aloud: their text stays, the marks go.
PLAIN_MARKDOWN: dict[str, Any] = {
    "strip": ["a", "b", "strong", "i", "em", "u", "s", "strike", "del", "img", "sup", "sub", "code"],
    "escape_asterisks": False,
    "escape_underscores": False,
    "escape_misc": False,
    "table_infer_header": True,
}
_UNSEEN = (
    "script",
    "style",
    "template",
    "noscript",
    "head",
    "svg",
    "object",
    "embed",
    "iframe",
    "canvas",
    "dialog",
)
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|"
    r"font-size\s*:\s*0(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!)|(?:^|;)\s*(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$)|"
    r"(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_HIDING_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE_SELECTOR = re.compile(r"^[\w-]*[.#][\w-]+$")


class HtmlParser:
    media_types = frozenset({HTML})

    def parse(self, path: Path) -> ParsedDocument:
        soup = BeautifulSoup(path.read_bytes(), "html.parser")
        stated = soup.title.get_text() if soup.title else ""
        return text_document(_markdown(soup), title=stated)


def html_to_markdown(source: bytes | str) -> str:
    """The visible text as Markdown with headings, lists and tables."""
    return _markdown(BeautifulSoup(source, "html.parser"))


def _markdown(soup: BeautifulSoup) -> str:
    # Importing it costs most of a second; plain files and PDF do without.
    from markitdown.converters import HtmlConverter

    remove_hidden(soup)
    return str(HtmlConverter().convert_string(str(soup), **PLAIN_MARKDOWN).markdown)


def remove_hidden(soup: BeautifulSoup) -> None:
    """Takes out what a browser would not show, as far as attributes and simple style rules tell."""
    for selector in _hiding_selectors(soup):
        for element in soup.select(selector):
            element.decompose()
    for element in soup(_UNSEEN):
        element.decompose()
    for text in soup.find_all(string=lambda s: isinstance(s, Comment | Doctype | ProcessingInstruction)):
        text.extract()
    for element in soup.find_all(_is_hidden):
        if not element.decomposed:
            element.decompose()


def _is_hidden(element: Tag) -> bool:
    style = str(element.get("style") or "")
    return (
        element.has_attr("hidden")
        or (element.name == "input" and element.get("type") == "hidden")
        or bool(style and _HIDING_STYLE.search(style))
    )


def _hiding_selectors(soup: BeautifulSoup) -> list[str]:
    """Class and id selectors that the page's own style rules hide."""
    rules = (rule for sheet in soup("style") for rule in _HIDING_RULE.findall(sheet.get_text()))
    return [
        selector.strip()
        for selectors, body in rules
        if _HIDING_STYLE.search(body)
        for selector in selectors.split(",")
        if _SIMPLE_SELECTOR.match(selector.strip())
    ]

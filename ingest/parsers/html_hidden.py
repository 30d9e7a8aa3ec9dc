"""What a browser would not show of a page, as far as attributes and simple style rules tell.

Only what is hidden on every screen counts: a rule for printing, for narrow screens or for browsers with some feature
hides nothing here, because a whole page may hang on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Comment, Doctype, ProcessingInstruction, Tag

_UNSEEN = (
    "script",
    "style",
    "template",
    "noscript",
    "title",
    "meta",
    "link",
    "base",
    "svg",
    "object",
    "embed",
    "iframe",
    "canvas",
    "dialog",
)
_HIDING_STYLE = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|"
    # Margins and paddings below nought move what stays in sight.
    r"(?:left|top|text-indent)\s*:\s*-\d{3,})|"
    r"(?:^|;)\s*(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?<![\w-])font-size\s*:\s*(?P<zero>0(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!))?|(?<![\w-])font\s*:",
    re.IGNORECASE,
)
_NOT_RULES = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->", re.DOTALL)
_SIMPLE_SELECTOR = re.compile(r"([\w-]*)([.#])([\w-]+)|([\w-]+)")
_EVERYWHERE = re.compile(r"(?:only\s+)?(?:screen|all)|", re.IGNORECASE)


def remove_hidden(soup: BeautifulSoup) -> None:
    rules = [rule for sheet in soup("style") for rule in _rules(sheet)]
    named = _Named(soup)
    hidden = [
        element
        for rule in rules
        if _HIDING_STYLE.search(rule.body)
        for element in named.select(rule.selectors, tags=False)
    ]
    hidden += soup(_UNSEEN)
    hidden += soup.find_all(_is_hidden)
    for element in hidden:
        if not element.decomposed:
            element.decompose()
    for text in soup.find_all(string=lambda s: isinstance(s, Comment | Doctype | ProcessingInstruction)):
        text.extract()
    _remove_sizeless(soup, rules, named)


def _is_hidden(element: Tag) -> bool:
    style = str(element.get("style") or "")
    return (
        element.has_attr("hidden")
        or (element.name == "input" and element.get("type") == "hidden")
        or bool(style and _HIDING_STYLE.search(style))
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    selectors: str
    body: str


def _rules(sheet: Tag) -> Iterator[_Rule]:
    """The rules of a style element that hold on every screen."""
    if not _everywhere(str(sheet.get("media") or "")):
        return
    text = _NOT_RULES.sub(" ", sheet.get_text())
    open_blocks: list[list[str]] = []  # of each: what stands before its brace, and its own declarations so far
    start = 0
    for brace in re.finditer(r"[{}]", text):
        before, start = text[start : brace.start()], brace.end()
        if brace[0] == "{":
            declarations, _, head = before.rpartition(";")
            if open_blocks:
                open_blocks[-1][1] += declarations + ";"
            open_blocks.append([head.strip(), ""])
        elif open_blocks:
            head, body = open_blocks.pop()
            if not head.startswith("@") and all(_lets_through(outer) for outer, _ in open_blocks):
                yield _Rule(head, body + before)


def _lets_through(head: str) -> bool:
    kind, condition = [*head.lower().split(None, 1), "", ""][:2]
    return kind == "@layer" or (kind == "@media" and _everywhere(condition))


def _everywhere(media: str) -> bool:
    return any(_EVERYWHERE.fullmatch(medium.strip()) for medium in media.split(","))


class _Named:
    """The elements of a page by what simple selectors name."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._by_mark: dict[str, list[Tag]] = defaultdict(list)
        self._by_tag: dict[str, list[Tag]] = defaultdict(list)
        for element in soup.find_all(True):
            self._by_tag[element.name].append(element)
            for mark in [f"#{element.get('id', '')}", *(f".{name}" for name in element.get("class") or ())]:
                self._by_mark[mark].append(element)

    def select(self, selectors: str, *, tags: bool) -> Iterator[Tag]:
        """``tags``: selectors of bare tags count too. Selectors that are not simple choose nothing."""
        for selector in selectors.split(","):
            parts = _SIMPLE_SELECTOR.fullmatch(selector.strip())
            if parts is None:
                continue
            tag, kind, name, bare = parts.groups()
            if kind:
                yield from (e for e in self._by_mark.get(kind + name, ()) if not tag or e.name == tag.lower())
            elif tags:
                yield from self._by_tag.get(bare.lower(), ())


def _remove_sizeless(soup: BeautifulSoup, rules: list[_Rule], named: _Named) -> None:
    """Text of size nought. Mails and old pages set that size on boxes to close gaps, and another one on what is
    inside: for each text the nearest element that has a size decides.
    """
    sized = [
        (element, rule.body)
        for rule in rules
        if _SIZE.search(rule.body)
        for element in named.select(rule.selectors, tags=True)
    ]
    sized += [(element, style) for element in soup.find_all(style=_SIZE) if (style := str(element["style"]))]
    shown = {id(element): _has_size(style) for element, style in sized if not element.decomposed}
    if all(shown.values()):
        return
    for text in soup.find_all(string=True):
        nearest = next((shown[id(parent)] for parent in text.parents if id(parent) in shown), True)
        if not nearest:
            text.extract()


def _has_size(style: str) -> bool:
    *_, last = _SIZE.finditer(style)
    return last["zero"] is None

"""Looking for words in one document, over the text that was stored of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.models import DocumentVersion, Page

LONGEST = 200  # characters of a search
_MOST = 2000  # places; more are not counted


@dataclass(frozen=True, slots=True)
class Found:
    """Place ``at`` (from 1) of ``total``, on a page; no page when nothing was found."""

    query: str
    total: int
    at: int = 0
    page: Page | None = None
    start: int = 0
    end: int = 0
    more: bool = False


def find(version: DocumentVersion, query: str, at: int) -> Found:
    """The ``at``-th place of the words, whatever their case and the white space between them; the count goes round."""
    pattern = _pattern(query)
    places = [] if pattern is None else list(_places(version, pattern))
    more = len(places) > _MOST
    places = places[:_MOST]
    if not places:
        return Found(query, 0)
    position = (at - 1) % len(places)
    number, start, end = places[position]
    page = version.pages.select_related("version__document__current", "version__document__collection").get(
        number=number
    )
    return Found(query, len(places), position + 1, page, start, end, more)


def _pattern(query: str) -> re.Pattern[str] | None:
    words = query[:LONGEST].split()
    # A word broken at a line's end is found too.
    parts = [r"(?:-\n)?".join(map(re.escape, word)) for word in words]
    return re.compile(r"\s+".join(parts), re.IGNORECASE) if parts else None


def _places(version: DocumentVersion, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """(page number, start, end), one more than are counted at the most."""
    count = 0
    pages = version.pages.order_by("number").values_list("number", "text")
    for number, text in pages.iterator(chunk_size=100):
        for match in pattern.finditer(text):
            yield number, *match.span()
            count += 1
            if count > _MOST:
                return

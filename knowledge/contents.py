"""What was read from a document: its passages in order, each with its place, for the document's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.urls import reverse

from knowledge.labels import page_label
from knowledge.models import Document, DocumentVersion, Page, Passage
from knowledge.typeset import plain

PER_LEAF = 40
PAGES_SHOWN = 24


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage as a line of a list. ``heading`` is "" where the place says it already."""

    place: str
    heading: str
    words: str
    url: str


def passages_of(
    document: Document, version: DocumentVersion, leaf: str | None
) -> tuple[Leaf[Passage], list[PassageView]]:
    """One leaf of the list of passages, and its lines. The caller has checked that the person may see the document."""
    rows = version.passages.select_related("page").defer("vector", "page__text").order_by("ordinal")
    shown = Paginator(rows, PER_LEAF).get_page(leaf)
    return shown, [_line(document, version, row) for row in shown.object_list]


def passages_start(leaf: Leaf[Passage] | None) -> int:
    """The number of the page on which the first passage of a leaf stands."""
    first = leaf.object_list[0] if leaf is not None and len(leaf.object_list) else None
    return first.page.number if first is not None else 1


def page_window(version: DocumentVersion, first: int) -> list[Page]:
    """So many pages from ``first`` on as a list can show, without their texts; the last ones near the end."""
    begin = max(1, min(first, version.page_count - PAGES_SHOWN + 1))
    return list(version.pages.defer("text").filter(number__gte=begin).order_by("number")[:PAGES_SHOWN])


def _line(document: Document, version: DocumentVersion, row: Passage) -> PassageView:
    path: Sequence[str] = row.heading_path
    place = page_label(row.page.kind, row.page.number, row.page.label, path, document.title)
    heading = path[-1] if path else ""
    page = reverse("document_page", args=[document.pk, version.number, row.page.number])
    return PassageView(
        place=place,
        heading="" if heading in {place, document.title} else heading,
        words=plain(row.text).removeprefix(heading).strip(),
        url=f"{page}?start={row.start}&end={row.end}",
    )

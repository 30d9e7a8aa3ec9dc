"""A stored page as people look at it: the PDF page as a picture, anything else as text and tables, with the
quoted words marked in place."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from knowledge.continuing import rest_url
from knowledge.disk import require_room
from knowledge.errors import UnreadableDocument
from knowledge.finding import Found
from knowledge.force import age_marks
from knowledge.labels import page_label
from knowledge.later import Later, what_now
from knowledge.models import Document, DocumentVersion, Page
from knowledge.pdf_view import Box
from knowledge.sandbox import run_in_child
from knowledge.typeset import Block, plain, typeset

PDF = "application/pdf"
IMAGE_WIDTH = 1240
_MEMORY_BYTES = 1024 * 1024 * 1024
_CPU_SECONDS = 20
_WALL_SECONDS = 40
_TURN_SECONDS = 20  # waited for, by a thread that others need
# So many children of one process at once: somebody who opens a hundred pages must not take all its memory.
_drawing = threading.BoundedSemaphore(4)


@dataclass(frozen=True)
class Neighbours:
    """The footnotes of the same answer before and after the open one, and how many there are."""

    url: str
    previous_url: str
    next_url: str
    total: int


@dataclass(frozen=True)
class PageView:
    """What the source pane shows: a picture with ``boxes`` in percent of it, or ``blocks``. ``segments`` is the raw
    text; ``words`` are the quote's, as they are read.
    """

    document: Document
    version: DocumentVersion
    page: Page
    page_label: str
    image_url: str | None
    boxes: Sequence[Box]
    segments: Sequence[tuple[str, bool]]
    blocks: Sequence[Block]
    quote: str
    words: str
    previous_url: str | None
    next_url: str | None
    download_url: str
    is_current: bool
    current_number: int | None
    footnote_number: int | None
    notice: str
    go_url: str
    find_url: str
    marks: tuple[str, ...] = ()  # what is to be said of the document's age
    rest_url: str = ""
    later: Later | None = None
    found: Found | None = None
    footnotes: Neighbours | None = None


def page_view(
    page: Page,
    start: int = 0,
    end: int = 0,
    footnote: int | None = None,
    heading: str = "",
    replaced: bool = False,
) -> PageView:
    """The view of a page with ``page.text[start:end]`` marked; nothing is marked when they are equal.

    The caller has checked that the person may see the page, and whether a document they may read replaces it. A quote
    of a version that is not current comes with what the current one says there.
    """
    version, document = page.version, page.version.document
    start, end = max(0, min(start, len(page.text))), max(0, min(end, len(page.text)))
    quote = page.text[start:end] if end > start else ""
    pictured = version.media_type == PDF
    marks, notice = _marks(page, start, end) if pictured and quote else ((), "")
    current = document.current
    outdated = current if quote and not version.is_current else None
    return PageView(
        document=document,
        version=version,
        page=page,
        page_label=page_label(page.kind, page.number, page.label, (heading,) if heading else (), document.title),
        image_url=_url("page_image", page, page.number) if pictured else None,
        boxes=marks,
        segments=_segments(page.text, start, end) if pictured else (),
        blocks=() if pictured else typeset(page.text, start, end),
        quote=quote,
        words=plain(quote) if quote else "",
        previous_url=_neighbour(page, -1),
        next_url=_neighbour(page, 1),
        download_url=download_url(version),
        is_current=version.is_current,
        current_number=current.number if current else None,
        footnote_number=footnote,
        notice=notice,
        marks=age_marks(document.force, document.review_by, replaced, timezone.localdate()),
        go_url=reverse("document_go", args=[document.pk, version.number]),
        find_url=reverse("document_find", args=[document.pk, version.number]),
        rest_url=rest_url(page, end) if quote else "",
        later=what_now(page, start, end, outdated) if outdated else None,
    )


def download_url(version: DocumentVersion) -> str:
    """ "" where readers may not take files away."""
    return reverse("document_download", args=[version.document_id, version.number]) if settings.DOWNLOADS else ""


def page_image(page: Page) -> Path:
    """The picture of a PDF page as a PNG file, rendered once. Raises UnreadableDocument when it cannot be, DiskFull."""
    target: Path = settings.PAGE_CACHE_DIR / str(page.version_id) / f"{page.number}-{IMAGE_WIDTH}.png"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        require_room(target.parent)
        # Several people may open the page at once: each draws under a name of its own, and the last one stays.
        temporary = target.with_suffix(f".{uuid.uuid4().hex}.tmp")
        try:
            _in_child("render", page.version.blob.path, page.number, str(temporary), IMAGE_WIDTH)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def _in_child(function: str, *arguments: Any) -> Any:
    if not _drawing.acquire(timeout=_TURN_SECONDS):
        raise UnreadableDocument("busy", "Too many pages are being drawn just now. Open this one again in a moment.")
    try:
        return run_in_child(
            f"knowledge.pdf_view:{function}",
            *arguments,
            memory_bytes=_MEMORY_BYTES,
            cpu_seconds=_CPU_SECONDS,
            wall_seconds=_WALL_SECONDS,
            workplace=settings.FILE_UPLOAD_TEMP_DIR,
        )
    finally:
        _drawing.release()


def _url(name: str, page: Page, number: int) -> str:
    return reverse(name, args=[page.version.document_id, page.version.number, number])


def _neighbour(page: Page, step: int) -> str | None:
    number = page.number + step
    return _url("document_page", page, number) if 1 <= number <= page.version.page_count else None


def _marks(page: Page, start: int, end: int) -> tuple[Sequence[Box], str]:
    try:
        found = _boxes(page.version.blob.path, page.number, page.text, start, end)
    except UnreadableDocument as error:
        return (), f"The words could not be marked on the picture: {error}"
    if not found:
        return (), "The words stand on this page, but their place on the picture could not be found. The text is below."
    return found, ""


@lru_cache(maxsize=512)
def _boxes(path: str, number: int, text: str, start: int, end: int) -> tuple[Box, ...]:
    return tuple(_in_child("boxes", path, number, text, start, end))


def _segments(text: str, start: int, end: int) -> list[tuple[str, bool]]:
    if end <= start:
        return [(text, False)]
    parts = [(text[:start], False), (text[start:end], True), (text[end:], False)]
    return [part for part in parts if part[0]]

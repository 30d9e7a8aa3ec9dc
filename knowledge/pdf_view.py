"""A PDF page as a picture, and where on it the quoted words stand. Runs in the sandbox child: no Django here.

The stored text came from one PDF library and the boxes come from another, so the quote is looked for by its letters
alone: case, white space and hyphens are left out on both sides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

Box = dict[str, float]
_IGNORED = {"-", "\u00ad", "\u2010", "\u2011", "\ufffe", "\u0002"}
_DEVICE = 100_000  # device units for mapping page coordinates to shares of the picture


def letters(text: str) -> tuple[str, list[int]]:
    """The comparable letters of a text and, for each, its place in the text."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).casefold():
            if not folded.isspace() and folded not in _IGNORED:
                kept.append(folded)
                places.append(place)
    return "".join(kept), places


def render(source: str, number: int, target: str, width: int) -> dict[str, Any]:
    """Writes page ``number`` (from 1) as a PNG of the given width in pixels. Gives {"width", "height"}."""
    document = pdfium.PdfDocument(source)
    page = document[number - 1]
    scale = min(width / page.get_width(), 4000 / page.get_height())
    image = page.render(scale=scale, may_draw_forms=False).to_pil()
    image.convert("RGB").save(target, format="PNG", optimize=True)
    return {"width": image.width, "height": image.height}


def boxes(source: str, number: int, quote: str, occurrence: int) -> list[Box]:
    """Boxes of the ``occurrence``-th (from 0) place of the quote, in percent of the picture from its top left."""
    document = pdfium.PdfDocument(source)
    page = document[number - 1]
    text_page = page.get_textpage()
    characters = [_character(text_page, index) for index in range(text_page.count_chars())]
    haystack, places = letters("".join(characters))
    found: list[Box] = []
    for start, end in _find(haystack, quote, occurrence):
        found.extend(_boxes_of(page, text_page, places[start], places[end - 1] + 1))
    return found


def _character(text_page: pdfium.PdfTextPage, index: int) -> str:
    """One character per index, so that places in the joined text are pdfium's own."""
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    return chr(code) if 0 < code < 0x110000 else " "


def _find(haystack: str, quote: str, occurrence: int) -> Iterator[tuple[int, int]]:
    """The whole quote; where the two libraries read in different orders, each of its lines by itself."""
    needle, _ = letters(quote)
    whole = list(_all(haystack, needle))
    if whole:
        yield whole[min(occurrence, len(whole) - 1)]
        return
    for line in quote.splitlines():
        part, _ = letters(line)
        place = haystack.find(part) if len(part) > 2 else -1
        if place >= 0:
            yield place, place + len(part)


def _all(haystack: str, needle: str) -> Iterator[tuple[int, int]]:
    place = haystack.find(needle) if needle else -1
    while place >= 0:
        yield place, place + len(needle)
        place = haystack.find(needle, place + 1)


def _boxes_of(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, start: int, end: int) -> Iterator[Box]:
    for index in range(text_page.count_rects(start, end - start)):
        left, bottom, right, top = text_page.get_rect(index)
        xs, ys = zip(_to_device(page, left, top), _to_device(page, right, bottom), strict=True)
        yield {
            "left": min(xs) / _DEVICE * 100,
            "top": min(ys) / _DEVICE * 100,
            "width": (max(xs) - min(xs)) / _DEVICE * 100,
            "height": (max(ys) - min(ys)) / _DEVICE * 100,
        }


def _to_device(page: pdfium.PdfPage, x: float, y: float) -> tuple[int, int]:
    """Page coordinates to picture coordinates; pdfium takes rotation and crop box into account."""
    device_x, device_y = pdfium_c.c_int(), pdfium_c.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, device_x, device_y)
    return device_x.value, device_y.value

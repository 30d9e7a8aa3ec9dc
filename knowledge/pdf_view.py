"""A PDF page as a picture, and where on it the quoted words stand. Runs in the sandbox child: no Django here."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from knowledge.pdf_repair import rebuilt
from knowledge.placing import Span, place

Box = dict[str, float]
Corners = tuple[float, float, float, float]
_DEVICE = 100_000  # device units for mapping page coordinates to shares of the picture
_PAD = 0.12  # of the letters' height, above and below
_GAP = 2.0  # heights; words farther apart get boxes of their own
_SAME_LINE = 0.2  # of the letters' height that their baselines may differ
_UPRIGHT = 0.01  # of a quarter turn that a line may lean and still get one box


def render(source: str, number: int, target: str, width: int) -> dict[str, Any]:
    """Writes page ``number`` (from 1) as a PNG of the given width in pixels. Gives {"width", "height"}."""
    page = _document(source)[number - 1]
    scale = min(width / page.get_width(), 4000 / page.get_height())
    image = page.render(scale=scale, may_draw_forms=False).to_pil()
    image.convert("RGB").save(target, format="PNG", optimize=True)
    return {"width": image.width, "height": image.height}


def boxes(source: str, number: int, stored: str, start: int, end: int) -> list[Box]:
    """Boxes of ``stored[start:end]``, in percent of the picture from its top left, in the order of the words.

    ``stored`` is the page's whole text. Empty when the words cannot be placed exactly, or when a part of them lies
    outside the picture.
    """
    page = _document(source)[number - 1]
    text_page = page.get_textpage()
    spans = place(stored, start, end, drawn_text(page, text_page))
    marks = [mark for span in spans for mark in _marks(text_page, span)]
    found = [_on_picture(page, mark) for mark in marks]
    seen = [box for box in found if box is not None]
    return seen if len(seen) == len(found) else []


def drawn_text(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> str:
    """What the picture shows: one character per index of pdfium's, with a space for each that lies outside it."""
    codes = (pdfium_c.FPDFText_GetUnicode(text_page, index) for index in range(text_page.count_chars()))
    characters = [chr(code) if 0 < code < 0x110000 else " " for code in codes]
    frame = page.get_bbox()
    if not all(_shown(text_page.get_rect(index), frame) for index in range(text_page.count_rects())):
        for index, character in enumerate(characters):
            if not character.isspace() and not _character_shown(text_page, index, frame):
                characters[index] = " "
    return "".join(characters)


def _character_shown(text_page: pdfium.PdfTextPage, index: int, frame: Corners) -> bool:
    try:
        return _shown(text_page.get_charbox(index), frame)
    except pdfium.PdfiumError:
        return True


def _shown(corners: Corners, frame: Corners) -> bool:
    """Whether the middle of (left, bottom, right, top) lies on the visible page, in page coordinates."""
    x, y = (corners[0] + corners[2]) / 2, (corners[1] + corners[3]) / 2
    return frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]


def _document(source: str) -> pdfium.PdfDocument:
    """The file, built anew where its skeleton is too damaged for the library that draws."""
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError:
        return pdfium.PdfDocument(io.BytesIO(rebuilt(source)))


Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A rectangle on the page in its own coordinates; ``size`` is the height of its letters.

    ``axis`` is 0 for a line that runs along x and 1 for one along y; letters that lean have -1, and each its own mark.
    ``baseline`` is where the letters stand, across the line.
    """

    sides: tuple[Stretch, Stretch]
    axis: int
    size: float
    baseline: float

    def takes(self, other: _Mark) -> bool:
        """Whether the other stands on the same line, near enough to be one mark with this one."""
        if self.axis < 0 or self.axis != other.axis:
            return False
        size = max(self.size, other.size)
        gap = _gap(self.sides[self.axis], other.sides[self.axis])
        return abs(self.baseline - other.baseline) <= _SAME_LINE * size and gap <= _GAP * size

    def with_(self, other: _Mark) -> _Mark:
        x, y = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(self.sides, other.sides, strict=True))
        return replace(self, sides=(x, y), size=max(self.size, other.size))

    def padded(self) -> _Mark:
        pad = [_PAD * self.size * (axis != self.axis) for axis in (0, 1)]
        x, y = ((low - by, high + by) for (low, high), by in zip(self.sides, pad, strict=True))
        return replace(self, sides=(x, y))


def _gap(a: Stretch, b: Stretch) -> float:
    """Length between two stretches; negative when they overlap."""
    return max(a[0], b[0]) - min(a[1], b[1])


def _marks(text_page: pdfium.PdfTextPage, span: Span) -> Iterator[_Mark]:
    """A mark for each line of a range of characters, and for each of its parts that are far apart."""
    current: _Mark | None = None
    for index in range(*span):
        letter = _letter(text_page, index)
        if letter is None:
            continue
        if current is not None and current.takes(letter):
            current = current.with_(letter)
            continue
        if current is not None:
            yield current.padded()
        current = letter
    if current is not None:
        yield current.padded()


def _letter(text_page: pdfium.PdfTextPage, index: int) -> _Mark | None:
    """The ink of one character; None for white space and for what the library made up."""
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    if not code or chr(code).isspace() or pdfium_c.FPDFText_IsGenerated(text_page, index) == 1:
        return None
    try:
        left, bottom, right, top = text_page.get_charbox(index)
        loose = text_page.get_charbox(index, loose=True)
    except pdfium.PdfiumError:
        return None
    if right <= left or top <= bottom:
        left, bottom, right, top = loose
    turns = pdfium_c.FPDFText_GetCharAngle(text_page, index) / (math.pi / 2)
    axis = round(turns) % 2 if abs(turns - round(turns)) < _UPRIGHT else -1
    size = loose[2] - loose[0] if axis == 1 else loose[3] - loose[1]
    x, y = pdfium_c.c_double(), pdfium_c.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    return _Mark(((left, right), (bottom, top)), axis, size, x.value if axis == 1 else y.value)


def _on_picture(page: pdfium.PdfPage, mark: _Mark) -> Box | None:
    """The part of a mark that the picture shows, in percent of it; None when most of it lies outside."""
    (left, right), (bottom, top) = mark.sides
    xs, ys = zip(_to_device(page, left, top), _to_device(page, right, bottom), strict=True)
    area = (max(xs) - min(xs)) * (max(ys) - min(ys))
    (x0, x1), (y0, y1) = ((max(0, min(side)), min(_DEVICE, max(side))) for side in (xs, ys))
    if x1 <= x0 or y1 <= y0 or (x1 - x0) * (y1 - y0) < area / 2:
        return None
    share = 100 / _DEVICE
    return {"left": x0 * share, "top": y0 * share, "width": (x1 - x0) * share, "height": (y1 - y0) * share}


def _to_device(page: pdfium.PdfPage, x: float, y: float) -> tuple[int, int]:
    """Page coordinates to picture coordinates; pdfium takes rotation and crop box into account."""
    device_x, device_y = pdfium_c.c_int(), pdfium_c.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, device_x, device_y)
    return device_x.value, device_y.value

"""What stands under boxes on a page's picture, read from the file by its characters' own boxes.

Rotation and crop are computed here and not asked of the library, so that a mistake of the product shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium

from knowledge.pdf_repair import rebuilt
from knowledge.placing import letters

_COVERED = 0.5  # of a character; less of a neighbour under a box is no extra, less of its own is missing


@dataclass(frozen=True, slots=True)
class _Character:
    """A character and its place in shares of the picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def under(self, box: Mapping[str, float]) -> bool:
        left, top = box["left"] / 100, box["top"] / 100
        wide = min(self.right, left + box["width"] / 100) - max(self.left, left)
        high = min(self.bottom, top + box["height"] / 100) - max(self.top, top)
        area = (self.right - self.left) * (self.bottom - self.top)
        return wide > 0 and high > 0 and wide * high > _COVERED * area


class Witness:
    """One file. A context manager, which closes it."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = pdfium.PdfDocument(path)
        except pdfium.PdfiumError:
            self._file = pdfium.PdfDocument(BytesIO(rebuilt(str(path))))
        self._characters = cache(self._read)

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def words_under(self, page: int, boxes: Sequence[Mapping[str, float]]) -> str:
        """Box after box; a character under two of them is read once."""
        taken: set[int] = set()
        read = []
        for box in boxes:
            here = [at for at, one in enumerate(self._characters(page)) if at not in taken and one.under(box)]
            taken.update(here)
            read.append("".join(self._characters(page)[at].text for at in here))
        return "\n".join(read)

    def _read(self, number: int) -> list[_Character]:
        page = self._file[number - 1]
        text = page.get_textpage()
        frame = page.get_bbox()
        found = []
        for index in range(text.count_chars()):
            said = text.get_text_range(index, 1)
            if not said.strip():
                continue
            try:
                corners = text.get_charbox(index)
                if corners[2] <= corners[0] or corners[3] <= corners[1]:
                    corners = text.get_charbox(index, loose=True)
            except pdfium.PdfiumError:
                continue
            found.append(_Character(said, *_turned(corners, frame, page.get_rotation())))
        return found


def _turned(
    corners: Sequence[float], frame: Sequence[float], rotation: int
) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in shares of the picture that shows the frame turned clockwise."""
    wide, high = frame[2] - frame[0], frame[3] - frame[1]
    xs = [(corners[0] - frame[0]) / wide, (corners[2] - frame[0]) / wide]
    ys = [(frame[3] - corners[3]) / high, (frame[3] - corners[1]) / high]
    for _ in range(rotation // 90):
        xs, ys = [1 - y for y in reversed(ys)], xs
    return xs[0], ys[0], xs[1], ys[1]


def same_letters(seen: str, words: str) -> bool:
    """The same characters, but for white space, hyphens, ligatures and case."""
    return letters(seen).text == letters(words).text

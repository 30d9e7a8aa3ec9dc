"""The letters of a PDF page where they are drawn, and the lines and phrases they make."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

COLUMN_GAP = 0.7  # of the letters' height: white space that parts columns
WORD_GAP = 0.2
_SAME_LINE = 0.45
_UPRIGHT = 0.01  # radians that a letter may lean
_BOLD = 600  # weight
_HYPHENS = ("\x02", "\ufffe")  # as pdfium reads one at the end of a line


@dataclass(frozen=True, slots=True)
class Letter:
    """One drawn character, with the space before it if one is read there. ``index`` is its place in the drawn text."""

    index: int
    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


def letters_of(text_page: pdfium.PdfTextPage, drawn: str) -> Iterator[Letter]:
    """What is drawn upright on the page; text that lies on its side is in no table here."""
    spaced = False
    for index, character in enumerate(drawn):
        spaced = spaced or character.isspace()
        if character.isspace():
            continue
        if abs(pdfium_c.FPDFText_GetCharAngle(text_page, index)) % (2 * math.pi) > _UPRIGHT:
            continue
        try:
            left, bottom, right, top = text_page.get_charbox(index, loose=True)
        except pdfium.PdfiumError:
            continue
        yield Letter(index, f" {character}" if spaced else character, left, right, bottom, top, max(1.0, top - bottom))
        spaced = False


def is_bold(text_page: pdfium.PdfTextPage, letter: Letter) -> bool:
    if pdfium_c.FPDFText_GetFontWeight(text_page, letter.index) >= _BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    pdfium_c.FPDFText_GetFontInfo(text_page, letter.index, name, len(name), ctypes.c_int())
    return b"bold" in name.value.lower()


def lines_of(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Letters that stand side by side, each line from left to right, lines from the top down."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: -letter.middle):
        if lines and abs(lines[-1][0].middle - letter.middle) <= _SAME_LINE * max(letter.size, lines[-1][0].size):
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda letter: letter.left) for line in lines]


def phrases_of(line: Sequence[Letter], gap: float = COLUMN_GAP) -> list[list[Letter]]:
    """The parts of a line that white space wider than between words keeps apart."""
    parts = [[line[0]]]
    for before, letter in pairwise(line):
        if letter.left - before.right > gap * letter.size:
            parts.append([])
        parts[-1].append(letter)
    return parts


def in_one_line(letters: Sequence[Letter]) -> str:
    words = ""
    for line in lines_of(letters):
        text = line[0].text
        for before, letter in pairwise(line):
            apart = letter.left - before.right > WORD_GAP * letter.size
            text += f" {letter.text}" if apart else letter.text
        broken = words.endswith(_HYPHENS) and text.lstrip()[:1].islower()
        words = words[:-1] + text.lstrip() if broken else f"{words} {text}"
    for hyphen in _HYPHENS:
        words = words.replace(hyphen, "-")
    return " ".join(words.replace("|", "/").split())

"""Where sentences begin and end, by exact offsets. Pure.

Company documents are not prose alone: a list item, a table row and a heading are units of their own, while a sentence
in a PDF runs on over line ends. Blocks are found first, then sentences inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

Span = tuple[int, int]

_ITEM = re.compile(r"[ \t]*(?:[-*+•‣◦▪–—]|\(?[a-z0-9]{1,3}[.)]|\d+(?:\.\d+)+\.?)[ \t]+", re.IGNORECASE)
_NUMBERED_HEADING = re.compile(r"[ \t]*(?:\d+(?:\.\d+)*\.?|[A-Z]\.)[ \t]+\S")
_TABLE_ROW = re.compile(r"[ \t]*\|")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？][\"'”’)\]*_]*\s*$")
_STARTS_LOWER = re.compile(r"[\"'“‘(\[]*[a-zß-öø-ÿа-яё]")
# A run of marks is looked at from its beginning only: a page of nothing but dots must not take minutes.
_BOUNDARY = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]*_]*(?=\s+[\"'“‘(\[*_]*[^\W_a-zß-öø-ÿ])|[。！？]+[」』”’）]*")
_ABBREVIATION_LIST = """
    mr mrs ms dr prof sr jr st no nos vs etc e.g i.e eg ie cf approx art sec fig figs inc ltd co corp dept
    est tel ext ca al p pp vol rev ref min max resp incl excl abs para jan feb mar apr jun jul aug sep sept
    oct nov dec bzw z.b d.h u.a ggf nr str
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
_LAST_WORD = re.compile(r"([^\s(\[\"'“‘]+)[.]$")


def split_sentences(text: str) -> list[Span]:
    """(start, end) of every sentence, list item, table row and heading, trimmed, in reading order."""
    spans: list[Span] = []
    for start, end in _blocks(text):
        spans.extend(_sentences_in(text, start, end))
    return spans


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"))
        start += len(line)


def _blocks(text: str) -> Iterator[Span]:
    """Runs of lines that one sentence may cross."""
    paragraph: list[Span] = []
    for line in _lines(text):
        if not text[line[0] : line[1]].strip():
            yield from _split_paragraph(text, paragraph)
            paragraph = []
        else:
            paragraph.append(line)
    yield from _split_paragraph(text, paragraph)


def _split_paragraph(text: str, lines: list[Span]) -> Iterator[Span]:
    if not lines:
        return
    width = max(end - start for start, end in lines)
    block_start, block_end = lines[0]
    for previous, line in pairwise(lines):
        if _runs_on(text, previous, line, width):
            block_end = line[1]
        else:
            yield block_start, block_end
            block_start, block_end = line
    yield block_start, block_end


def _runs_on(text: str, previous: Span, line: Span, width: int) -> bool:
    """Whether a sentence of the previous line may go on in this one."""
    before, after = text[previous[0] : previous[1]], text[line[0] : line[1]]
    if any(p.match(before) for p in (_TABLE_ROW, _HEADING)) or any(p.match(after) for p in (_TABLE_ROW, _HEADING)):
        return False
    if _STARTS_LOWER.match(after.lstrip()) and not _ITEM.match(after):
        return True
    if _ITEM.match(after):
        return False
    if _ENDS_SENTENCE.search(before):
        return not before.rstrip().endswith(":")
    # A short line without an end is a heading or a cell, not the middle of a sentence.
    full = len(before.rstrip()) >= 0.6 * width
    return full and not (_NUMBERED_HEADING.match(before) and len(before) < 60)


def _sentences_in(text: str, start: int, end: int) -> Iterator[Span]:
    if _TABLE_ROW.match(text, start, end):
        yield from _trimmed(text, start, end)
        return
    begin = start
    for boundary in _BOUNDARY.finditer(text, start, end):
        if not _abbreviation(text, begin, boundary.start() + 1):
            yield from _trimmed(text, begin, boundary.end())
            begin = boundary.end()
    yield from _trimmed(text, begin, end)


def _abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the full stop that ends this stretch belongs to an abbreviation, an initial or a list number."""
    word = _LAST_WORD.search(text[max(start, end - 24) : end])
    if word is None:
        return False
    last = word.group(1).lower()
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return True
    return last.isdigit() and not text[start : end - 1 - len(last)].strip()


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        offset = start + piece.index(stripped[0])
        yield offset, offset + len(stripped)

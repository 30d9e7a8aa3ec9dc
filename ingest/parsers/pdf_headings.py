"""Where the headings of a PDF are: from its outline when it has one, else from numbering and type. Pure.

A PDF knows glyphs, not headings. A heading is taken for one when it is a short line of its own, without a
sentence's end, that is numbered like a heading or set larger or bolder than the body text around it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.parsers.base import Heading
from ingest.parsers.cleaning import clean_line

_NUMBERED = re.compile(
    r"(?:(?:chapter|section|article|part|annex|appendix|kapitel|§)\s+)?(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\S",
    re.I,
)
_LETTERS = re.compile(r"[^\W\d_]")
_ENDS_LIKE_TEXT = re.compile(r"[.,;:!?…]$")
_LONGEST = 110
_TEXT_LINE = 40
_RUNNING_HEADER_AFTER = 3
_LEVEL_BY_SIZE = ((1.6, 1), (1.25, 2), (1.08, 3))


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text as the page's content stream draws it."""

    text: str
    size: float
    bold: bool


@dataclass(slots=True)
class Typography:
    """What was seen of a document so far: the size most text is set in, and lines that come back on every page."""

    sizes: Counter[float] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def headings(self, text: str, fragments: Sequence[Fragment]) -> tuple[Heading, ...]:
        """Headings of one page; ``text`` is the stored text, ``fragments`` what it was made from."""
        styles = list(_line_styles(text, fragments))
        for (start, end), size, _ in styles:
            self.sizes[size] += end - start
        body = self.sizes.most_common(1)[0][0] if self.sizes else 0.0
        found = []
        for position, ((start, end), size, bold) in enumerate(styles):
            follower = sum(stop - begin for (begin, stop), _, _ in styles[position + 1 : position + 2])
            line = clean_line(text[start:end])
            # A bold line over other short lines is the head of a table, not of a section.
            level = _level(line, size, bold and follower >= _TEXT_LINE, body)
            if level is None:
                continue
            self.seen[line] += 1
            if self.seen[line] <= _RUNNING_HEADER_AFTER:
                found.append(Heading(start, level, line))
        return tuple(found)


def _level(line: str, size: float, bold: bool, body: float) -> int | None:
    if not 3 <= len(line) <= _LONGEST or len(_LETTERS.findall(line)) < len(line) / 2 or _ENDS_LIKE_TEXT.search(line):
        return None
    larger = next((level for ratio, level in _LEVEL_BY_SIZE if body and size >= body * ratio), None)
    number = _NUMBERED.match(line)
    if number and (larger or bold):
        return 2 + number[1].count(".")  # below the title of the document or chapter
    if larger:
        return larger
    return 3 if bold and line[0].isupper() and len(line) <= 80 else None


def _lines(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip())
        start += len(line)


def _line_styles(text: str, fragments: Sequence[Fragment]) -> Iterable[tuple[tuple[int, int], float, bool]]:
    """(span, size, bold) of every line whose fragments are found in the text, in order."""
    placed: list[tuple[int, int, Fragment]] = []
    position = 0
    for fragment in fragments:
        for piece in filter(None, map(str.strip, fragment.text.splitlines())):
            at = text.find(piece, position, position + len(piece) + 400)
            if at >= 0:
                position = at + len(piece)
                placed.append((at, position, fragment))
    waiting = iter(placed)
    current = next(waiting, None)
    for start, end in _lines(text):
        sizes: Counter[float] = Counter()
        bold = 0
        while current is not None and current[0] < end:
            length = current[1] - current[0]
            sizes[round(current[2].size, 1)] += length
            bold += length * current[2].bold
            current = next(waiting, None)
        if sizes:
            yield (start, end), sizes.most_common(1)[0][0], bold >= 0.9 * sum(sizes.values())


def outline_headings(text: str, entries: Sequence[tuple[int, str]]) -> tuple[Heading, ...]:
    """Places the (level, title) entries an outline has for this page; a title not found stands at the top."""
    found = []
    position = 0
    for level, title in entries:
        pattern = r"\s+".join(re.escape(word) for word in title.split())
        match = re.compile(pattern, re.IGNORECASE).search(text, position)
        if match:
            position = match.end()
        found.append(Heading(match.start() if match else position, level, title))
    return tuple(sorted(found, key=lambda heading: heading.offset))

"""Pages become passages: pieces of one thought, found by structure, with exact offsets. Pure.

A passage never crosses a page or a heading. Inside a section it is filled sentence by sentence up to about
``TARGET`` characters, rather ending with a paragraph than amid one. A table row is never cut.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.parsers.base import Heading, ParsedPage
from knowledge.labels import in_place
from knowledge.language import language_of
from knowledge.sentences import split_sentences

CHUNKER = "s2"
TARGET = 500
LONGEST = 800
_SHORT = 120
_LONGEST_HEADER = 300
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"[ \t]*\|(?:\s*:?-+:?\s*\|)+\s*$")
_PARAGRAPH_END = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Chunk:
    """``page.text[start:end]`` is the passage. ``table_header`` is set when it begins in the middle of a table."""

    page_number: int
    start: int
    end: int
    heading_path: tuple[str, ...]
    language: str
    table_header: str = ""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, list item, heading or table row: what is not cut."""

    start: int
    end: int
    row: bool
    paragraph: bool  # begins a new paragraph
    table_header: str = ""  # the first row of the table this row belongs to, when that is another one


@dataclass(frozen=True, slots=True)
class _Section:
    start: int
    end: int
    path: tuple[Heading, ...]


def chunk_pages(pages: Iterable[ParsedPage]) -> Iterator[Chunk]:
    """Chunks in reading order. A heading holds on over the following pages until the next of its level."""
    path: tuple[Heading, ...] = ()
    language = ""
    for page in pages:
        language = language_of(page.text, language)
        units = _units_of(page.text)
        starts = [unit.start for unit in units]
        for section in _sections(page, path):
            path = section.path
            titles = tuple(heading.title for heading in path)
            for group in _groups(units[bisect_left(starts, section.start) : bisect_left(starts, section.end)]):
                yield Chunk(page.number, group[0].start, group[-1].end, titles, language, group[0].table_header)


def table_headers(text: str) -> dict[int, str]:
    """The ``table_header`` of a chunk of this page, by where it starts; of chunks that need none "" or nothing."""
    return {unit.start: unit.table_header for unit in _units_of(text)}


def embedding_input(document_title: str, heading_path: Sequence[str], table_header: str, text: str) -> str:
    """What is embedded for a passage."""
    return in_place(document_title, heading_path, table_header, text)


def _sections(page: ParsedPage, path: tuple[Heading, ...]) -> Iterator[_Section]:
    """Stretches between headings; a heading with nothing under it stays with the section that follows."""
    headings = [h for h in page.headings if h.offset < len(page.text)]
    start = 0
    for heading, following in zip([None, *headings], [*headings, None], strict=True):
        if heading is not None:
            path = (*(above for above in path if above.level < heading.level), heading)
        end = following.offset if following is not None else len(page.text)
        if following is not None and not _has_body(page.text[start:end], heading):
            continue
        if end > start or following is None:
            yield _Section(start, end, path)
            start = end


def _has_body(text: str, heading: Heading | None) -> bool:
    """Whether more than the lines of headings stands here."""
    lines = [line for line in text.splitlines() if line.strip()]
    if heading is None:
        return bool(lines)
    title = "".join(heading.title.split()).lower()
    return any("".join(line.split()).lstrip("#").lower() not in title for line in lines[1:]) if lines else False


def _units_of(text: str) -> list[_Unit]:
    return list(_with_headers(text, _units(text)))


def _units(text: str) -> Iterator[_Unit]:
    """Every character that is not blank lies in exactly one unit."""
    position = 0
    for start, end in [*split_sentences(text), (len(text), len(text))]:
        if text[position:start].strip():
            yield from _cut(text, position, start, position)
        if end > start:
            yield from _cut(text, start, end, position)
        position = end


def _cut(text: str, start: int, end: int, previous_end: int) -> Iterator[_Unit]:
    """A unit; one longer than a passage may be is cut at spaces, unless it is a table row of bearable length."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    row = bool(_ROW.match(text, start, end))
    paragraph = bool(_PARAGRAPH_END.search(text, previous_end, start)) or previous_end == 0
    while end - start > (2 * LONGEST if row else LONGEST):
        space = max(
            text.rfind(" ", start + TARGET, start + LONGEST),
            text.rfind("\n", start + TARGET, start + LONGEST),
        )
        middle = space if space > 0 else start + LONGEST
        yield _Unit(start, middle, row, paragraph)
        start = middle + len(text[middle:end]) - len(text[middle:end].lstrip())
        paragraph = False
    if end > start:
        yield _Unit(start, end, row, paragraph)


def _groups(units: Sequence[_Unit]) -> Iterator[list[_Unit]]:
    group: list[_Unit] = []
    done: list[list[_Unit]] = []
    for position, unit in enumerate(units):
        if group and _ends(group, units, position):
            done.append(group)
            group = []
        group.append(unit)
    if group:
        last = done[-1] if done else []
        if last and _span(group) < _SHORT and group[-1].end - last[0].start <= LONGEST:
            last.extend(group)
        else:
            done.append(group)
    yield from done


def _span(group: Sequence[_Unit]) -> int:
    return group[-1].end - group[0].start


def _ends(group: Sequence[_Unit], units: Sequence[_Unit], position: int) -> bool:
    """Whether the passage is full, or better ends here than in the middle of the paragraph that follows."""
    unit = units[position]
    size = _span(group)
    with_unit = unit.end - group[0].start
    if with_unit > LONGEST or size >= TARGET:
        return True
    if unit.row or not unit.paragraph or size < 0.6 * TARGET:
        return with_unit > TARGET and size >= 0.7 * TARGET
    limit = group[0].start + TARGET
    while unit.end <= limit:
        position += 1
        if position == len(units) or units[position].paragraph:
            return False
        unit = units[position]
    return True


def _with_headers(text: str, units: Iterable[_Unit]) -> Iterator[_Unit]:
    """Tells each table row the header of its table."""
    header = ""
    previous: _Unit | None = None
    for unit in units:
        goes_on = previous is not None and previous.row and text.count("\n", previous.end, unit.start) <= 1
        if unit.row and goes_on:
            yield replace(unit, table_header="" if _RULE.match(header) else header)
        else:
            header = text[unit.start : unit.end][:_LONGEST_HEADER] if unit.row else ""
            yield unit
        previous = unit

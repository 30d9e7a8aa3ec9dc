"""What can be quoted: the sentences, table rows and short lists of the evidence, each with what a reader sees around
it. Pure.

A table row is read with its table's header; a sentence that ends in a colon is quoted with the list it opens.
Headings, questions and table headers are never answers of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.claims.counted import MONTHS
from assistant.selection.grids import grid_rows
from knowledge.search import Evidence
from knowledge.sentences import split_sentences

LONGEST_LIST = 700  # characters
_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"[\s|:-]+")
_CAPTION = re.compile(r"(?:table|figure|fig\.|chart|appendix)\s+[\dA-Z]+\b[.:]?\s*[^.!?]*$", re.IGNORECASE)
_NUMBERING = re.compile(r"^[\d.]+\s+")
_ITEM = re.compile(r"\s*(?:[-*+•‣◦▪–—]|\(?[a-z0-9]{1,3}[.)])\s+", re.IGNORECASE)  # goes on with a list
# Layout, that may be left out. "Max.", "A." and "3. May" are words.
_BULLET = re.compile(
    rf"\s*(?:[-*+•‣◦▪–—]|\(?[a-z]\)|\(?\d{{1,2}}[.)](?!\s+(?:\d|(?:{'|'.join(MONTHS)})\b)))\s+", re.IGNORECASE
)
_EMPHASIS = re.compile(r"(?<![\w*_`])[*_`]{1,3}(?=[^\s*_`])|(?<=[^\s*_`])[*_`]{1,3}(?![\w*_`])")  # not in "2**16"
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_NUMBERED_MARK = re.compile(r"\[(\s*\d[\d\s,@-]*)\]")


@dataclass(frozen=True, slots=True)
class Unit:
    """Something to quote. ``evidence[source].text[start:end]`` are its exact words, ``shown`` what a reader is shown.

    ``context`` is what stands around it (title, headings, table header), ``leaf`` its document and nearest heading.
    """

    source: int
    start: int
    end: int
    kind: str
    text: str
    shown: str
    context: str
    leaf: str

    @property
    def read_as(self) -> str:
        """What is compared with a question: the words with their document and nearest heading."""
        return f"{self.leaf}: {self.shown}"


def units_of(source: int, evidence: Evidence, page_text: str) -> list[Unit]:
    """Everything that can be quoted from one passage; ``page_text`` is its whole page, for table headers."""
    units = list(_grid_units(source, evidence, page_text)) if evidence.page_kind == "page" else []
    rows = [(unit.start, unit.end) for unit in units]
    spans = [span for span in split_sentences(evidence.text) if not _inside(span, rows)]
    position = 0
    while position < len(spans):
        taken, unit = _unit_at(source, evidence, page_text, spans, position)
        if unit is not None:
            units.append(unit)
        position += taken
    return units


def _grid_units(source: int, evidence: Evidence, page_text: str) -> Iterator[Unit]:
    """Rows of the tables of a PDF page that lie in this passage."""
    context = " / ".join((evidence.document_title, *evidence.heading_path))
    for row in grid_rows(page_text):
        start, end = row.start - evidence.start, row.end - evidence.start
        if start >= 0 and end <= len(evidence.text):
            shown, about = row_in_words(row.names, row.cells), f"{context} / {row.header}"
            yield Unit(source, start, end, "row", evidence.text[start:end], shown, about, _leaf(evidence))


def _inside(span: tuple[int, int], rows: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in rows)


def _unit_at(
    source: int, evidence: Evidence, page_text: str, spans: Sequence[tuple[int, int]], position: int
) -> tuple[int, Unit | None]:
    """The unit that begins with the span at ``position``, and how many spans it takes up."""
    start, end = spans[position]
    text = evidence.text[start:end]
    leaf = _leaf(evidence)
    context = " / ".join((evidence.document_title, *evidence.heading_path))
    if _ROW.match(text):
        header = table_header(page_text, evidence.start + start)
        cells = cells_of(text)
        if _RULE.fullmatch(text) or header is None or cells == header:
            return 1, None
        shown = row_in_words(header, cells)
        about = f"{context} / {' '.join(header)}"
        return 1, Unit(source, start, end, "row", text, shown, about, leaf) if shown else None
    if is_heading(text, evidence.heading_path):
        return 1, None
    if text.rstrip("*_ ").endswith(":"):
        taken, list_end = _list_after(evidence.text, spans, position)
        if taken > 1:
            whole = evidence.text[start:list_end]
            return 1, Unit(source, start, list_end, "list", whole, _list_in_words(whole), context, leaf)
        return 1, None
    shown = in_words(text)
    return 1, Unit(source, start, end, "sentence", text, shown, context, leaf) if shown else None


def _leaf(evidence: Evidence) -> str:
    title = evidence.document_title
    if not evidence.heading_path or evidence.heading_path[-1] == title:
        return title
    return f"{title}: {_NUMBERING.sub('', evidence.heading_path[-1]).strip()}"


def _list_after(text: str, spans: Sequence[tuple[int, int]], position: int) -> tuple[int, int]:
    """How many spans belong to "intro:" and its items, and where the last one ends."""
    start, end = spans[position]
    taken = 1
    for item_start, item_end in spans[position + 1 :]:
        if not _ITEM.match(text[item_start:item_end]) or item_end - start > LONGEST_LIST:
            break
        taken, end = taken + 1, item_end
    return taken, end


def is_heading(text: str, heading_path: Sequence[str]) -> bool:
    """A heading, a caption, a question, or a scrap too short to say anything."""
    plain = in_words(text)
    if _CAPTION.match(plain) or (len(plain.split()) < 3 and not re.search(r"\d", plain)):
        return True
    if text.lstrip().startswith("#") or plain.endswith("?") or not re.search(r"[^\W\d_]{2}", plain):
        return True
    folded = plain.casefold().strip(" .:")
    return any(folded == heading.casefold().strip(" .:") for heading in heading_path)


def table_header(page_text: str, position: int) -> list[str] | None:
    """Cells of the header of the table around a position of its page; None for a table without one."""
    lines = list(_lines_before(page_text, position))
    block: list[str] = []
    for line in lines:
        if not _ROW.match(line):
            break
        block.append(line)
    for rule, header in pairwise(block):
        if _RULE.fullmatch(rule) and "-" in rule:
            return cells_of(header)
    return None


def _lines_before(text: str, position: int) -> Iterator[str]:
    """Lines from the one at ``position`` upwards."""
    end = text.find("\n", position)
    upto = text[: end if end >= 0 else len(text)]
    yield from reversed(upto.split("\n"))


def cells_of(row: str) -> list[str]:
    """The cells of a table row, without layout. What looks like a bullet in a cell is a sign or a number."""
    return [_plain(cell) for cell in row.strip().strip("|").split("|")]


def row_in_words(header: Sequence[str], cells: Sequence[str]) -> str:
    """"Header: value; Header: value", empty cells left out."""
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell and cell.lower() != "nan"]
    return "; ".join(f"{name}: {cell}" if name and not name.startswith("Unnamed:") else cell for name, cell in pairs)


def _list_in_words(text: str) -> str:
    intro, *items = [line for line in text.split("\n") if line.strip()]
    joined = "; ".join(in_words(item).rstrip(";,.") for item in items)
    return f"{in_words(intro)} {joined}."


def in_words(text: str) -> str:
    """The words without their layout: bullets, emphasis, link targets and line ends."""
    return _plain(without_bullet(text)).lstrip("# ")


def without_bullet(text: str) -> str:
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def without_emphasis(text: str) -> str:
    return _EMPHASIS.sub("", text)


def _plain(text: str) -> str:
    plain = without_emphasis(_LINK.sub(r"\1", text))
    # "[3]" in a document is its own footnote mark and must not pass for one of ours.
    plain = _NUMBERED_MARK.sub(r"(\1)", plain)
    return re.sub(r"\s+", " ", plain).strip()


def all_units(evidence: Sequence[Evidence], pages: Mapping[int, str]) -> list[Unit]:
    """Units of all passages, in rank order of the passages; ``pages`` maps page ids to their text."""
    found: list[Unit] = []
    seen: set[tuple[int, int, int]] = set()
    for source, item in enumerate(evidence):
        for unit in units_of(source, item, pages.get(item.page_id, item.text)):
            place = (item.page_id, item.start + unit.start, item.start + unit.end)
            if place not in seen:  # passages may overlap
                seen.add(place)
                found.append(unit)
    return found

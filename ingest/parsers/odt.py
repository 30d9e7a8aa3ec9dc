"""OpenDocument text, which markitdown does not read: headings, paragraphs, lists, tables, notes and boxes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from ingest.parsers.base import ParsedDocument
from ingest.parsers.kinds import ENCRYPTED, ODT
from ingest.parsers.markdown import table
from ingest.parsers.odt_styles import TEXT, Styles
from ingest.parsers.plain import text_document
from ingest.parsers.spans import Cell, Spreader, titles_apart
from knowledge.errors import UnreadableDocument

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAWING = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_BREAKS = {f"{TEXT}line-break": "\n", f"{TEXT}tab": "\t"}
_PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
_ITEMS = {f"{TEXT}list-item", f"{TEXT}list-header"}
_LEFT_OUT = {
    f"{_OFFICE}annotation",
    f"{TEXT}tracked-changes",
    f"{TEXT}hidden-text",
    # Two notations of one word; one of them is enough.
    f"{TEXT}ruby-text",
}
_SPACES = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 100


class OpenTextParser:
    media_types = frozenset({ODT})

    def parse(self, path: Path) -> ParsedDocument:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
            if b"encryption-data" in manifest:
                raise UnreadableDocument("encrypted", ENCRYPTED)
            root = fromstring(archive.read("content.xml"))
            shared = [fromstring(archive.read("styles.xml"))] if "styles.xml" in names else []
        body = root.find(f"{_OFFICE}body")
        blocks = _Reading(Styles([*shared, root])).blocks(body) if body is not None else ()
        return text_document("\n\n".join(blocks))


class _Reading:
    """Of one document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._spreader = Spreader()

    def blocks(self, element: Element) -> Iterator[str]:
        """Of what is in an element, in order; none of them is empty."""
        for child in element:
            if _is_hidden(child) or (child.tag in _PARAGRAPHS and self._styles.goes_unread(child)):
                continue
            if child.tag in _PARAGRAPHS:
                yield from self._paragraph(child)
            elif child.tag == f"{TEXT}list":
                yield from self._list(child)
            elif child.tag == f"{_TABLE}table":
                yield from self._table(child)
            else:
                yield from self.blocks(child)

    def _paragraph(self, element: Element) -> Iterator[str]:
        """Its words, then what is anchored in it: notes, boxes, drawings."""
        aside: list[str] = []
        words = self._words(element, aside).strip(" ")
        if element.tag == f"{TEXT}h" and words.strip():
            level = element.get(f"{TEXT}outline-level", "1")
            words = f"{'#' * min(_number(level), 6)} {' '.join(words.split())}"
        yield from filter(str.strip, [words, *aside])

    def _words(self, element: Element, aside: list[str]) -> str:
        return _spaced(element.text) + "".join(
            self._word(child, aside) + _spaced(child.tail) for child in element
        )  # fmt: skip

    def _word(self, element: Element, aside: list[str]) -> str:
        if _is_hidden(element):
            return ""
        if element.tag in _BREAKS:
            return _BREAKS[element.tag]
        if element.tag == f"{TEXT}s":
            return " " * min(_number(element.get(f"{TEXT}c")), _MOST_SPACES)
        if element.tag == f"{TEXT}note":
            sign = element.findtext(f"{TEXT}note-citation", "").strip()
            note = [block for part in element.findall(f"{TEXT}note-body") for block in self.blocks(part)]
            aside.append(" ".join(filter(None, [f"[{sign}]" if sign else "", "\n".join(note)])))
            return f"[{sign}]" if sign else ""
        if element.tag.startswith(_DRAWING) and element.tag != f"{_DRAWING}a":
            aside.extend(self.blocks(element))
            return ""
        if self._styles.goes_unread(element):
            return ""
        return self._styles.shifted(element, self._words(element, aside))

    def _list(self, element: Element) -> Iterator[str]:
        """The whole list is one block, but for headings: those are often written as items of lists."""
        lines: list[str] = []
        for heading, line in self._items(element, ""):
            if not heading:
                lines.append(line)
                continue
            if lines:
                yield "\n".join(lines)
            lines = []
            yield line
        if lines:
            yield "\n".join(lines)

    def _items(self, element: Element, indent: str) -> Iterator[tuple[bool, str]]:
        """Lines, and whether each is a heading."""
        for item in element:
            if item.tag not in _ITEMS:
                continue
            mark = "- "
            for part in item:
                if part.tag == f"{TEXT}list":
                    yield from self._items(part, indent + "  ")
                    continue
                holder = Element("holder")
                holder.append(part)
                for block in self.blocks(holder):
                    if part.tag == f"{TEXT}h":
                        yield True, block
                    else:
                        yield False, "\n".join(indent + first + line for first, line in _hanging(block, mark))
                        mark = "  "

    def _table(self, element: Element) -> Iterator[str]:
        titles, grid = titles_apart(self._grid(element))
        yield from filter(str.strip, titles)
        yield table([[value or "" for value in row] for row in grid])

    def _grid(self, element: Element) -> list[list[str | None]]:
        rows: list[list[Cell[str]]] = []
        for row in _rows(element):
            cells = [cell for part in row.findall(f"{_TABLE}table-cell") for cell in self._cells(part)]
            while cells and not cells[-1].value and cells[-1].columns == 1 and cells[-1].rows == 1:
                cells.pop()
            size = sum(cell.size + 1 for cell in cells)
            again = _number(row.get(f"{_TABLE}number-rows-repeated")) if size else 1
            rows.extend([cells] * self._spreader.times(again, size))
        return self._spreader.grid(rows)

    def _cells(self, element: Element) -> list[Cell[str]]:
        """One cell, or several that a file writes as one. Covered cells are left out: those that cover them tell."""
        text = self._line(element)
        columns, rows = (_number(element.get(f"{_TABLE}number-{what}-spanned")) for what in ("columns", "rows"))
        again = self._spreader.times(_number(element.get(f"{_TABLE}number-columns-repeated")), len(text))
        return [Cell(text, columns, rows, len(text))] * again

    def _line(self, element: Element) -> str:
        """All that is in a cell, in one line; of tables in it, too."""
        parts: list[str] = []
        for child in element:
            if child.tag == f"{_TABLE}table":
                rows = (" / ".join(filter(None, map(self._line, row))) for row in _rows(child))
                parts.append("; ".join(filter(None, rows)))
            else:
                holder = Element("holder")
                holder.append(child)
                parts.extend(self.blocks(holder))
        return " ".join(" ".join(parts).split())


def _rows(element: Element) -> Iterator[Element]:
    """The rows of a table, not those of tables in its cells."""
    for child in element:
        if child.tag == f"{_TABLE}table-row":
            if child.get(f"{_TABLE}visibility", "visible") == "visible":
                yield child
        elif child.tag != f"{_TABLE}table":
            yield from _rows(child)


def _hanging(block: str, mark: str) -> Iterator[tuple[str, str]]:
    """The lines of a block with what stands before each."""
    for number, line in enumerate(block.split("\n")):
        yield ("  " if number else mark), line


def _is_hidden(element: Element) -> bool:
    return element.tag in _LEFT_OUT or element.get(f"{TEXT}display") == "none"


def _spaced(text: str | None) -> str:
    """Line ends and indents of the markup are single spaces of the text."""
    return _SPACES.sub(" ", text or "")


def _number(stated: str | None) -> int:
    """At least one."""
    return max(int(stated), 1) if stated and stated.isascii() and stated.isdecimal() and len(stated) < 10 else 1

"""Tables of web pages, made so plain that Markdown can say them: one value in each place, one line a cell."""

from __future__ import annotations

import copy
from collections import defaultdict

from bs4 import BeautifulSoup, Tag

from ingest.parsers.spans import Cell, Spreader, titles_apart

_CELLS = ["td", "th"]
_BLOCKS = ["p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"]
_PARTS = ["thead", "tbody", "tfoot"]
_TO_THE_END = 65534  # what no rows at all mean


def plain_tables(soup: BeautifulSoup) -> None:
    """Merged cells are spread, tables inside cells become text, tables that only arrange a page become its blocks."""
    tables = _Tables(soup)
    for table in soup("table"):
        if tables.only_arranges(table):
            tables.dissolve(table)
    spreader = Spreader()
    # The inner ones first: what is made of them is part of the outer ones.
    for table in reversed(soup("table")):
        if table.find_parent(_CELLS):
            table.replace_with(f" {tables.said(table)} ")
        else:
            tables.spread(table, spreader)


class _Tables:
    """Which rows belong to which table, and which cells to which row: tables stand inside each other."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._rows: dict[int, list[Tag]] = defaultdict(list)
        self._cells: dict[int, list[Tag]] = defaultdict(list)
        for row in soup("tr"):
            self._rows[id(row.find_parent("table"))].append(row)
        for cell in soup(_CELLS):
            self._cells[id(cell.find_parent(["tr", "table"]))].append(cell)

    def _of(self, table: Tag) -> list[list[Tag]]:
        return [self._cells[id(row)] for row in self._rows[id(table)]]

    def only_arranges(self, table: Tag) -> bool:
        """It holds whole blocks, and its author says so or no row has two things to tell."""
        filled = [[cell for cell in cells if cell.get_text(strip=True)] for cells in self._of(table)]
        if table.get("role") not in {"presentation", "none"} and any(len(cells) > 1 for cells in filled):
            return False
        return any(
            cell.find("table") or len(cell.find_all(_BLOCKS, recursive=False)) > 1 for cells in filled for cell in cells
        )

    def dissolve(self, table: Tag) -> None:
        parts = [part for part in table(_PARTS) if part.find_parent("table") is table]
        cells = [cell for row in self._of(table) for cell in row]
        for element in [table, *parts, *self._rows[id(table)], *cells]:
            element.name = "div"

    def said(self, table: Tag) -> str:
        """A table inside a cell, in one line."""
        rows = self._taken_out(table)
        lines = ([" ".join(cell.get_text(" ").split()) for cell in cells] for cells in rows)
        beside = " ".join(table.get_text(" ").split())
        return "; ".join(filter(None, [beside, *(" / ".join(filter(None, line)) for line in lines)]))

    def spread(self, table: Tag, spreader: Spreader) -> None:
        rows = [[_measured(cell) for cell in cells] for cells in self._taken_out(table)]
        titles, grid = titles_apart(spreader.grid(rows))
        # Captions, and words between the cells, which browsers show above the table.
        if beside := table.get_text(" ", strip=True):
            titles.insert(0, Tag(name="div"))
            titles[0].string = beside
        for title in titles:
            title.name = "div"
            table.insert_before(title)
        table.clear()
        for line in grid:
            row = Tag(name="tr")
            for cell in line:
                row.append(_fresh(cell))
            table.append(row)

    def _taken_out(self, table: Tag) -> list[list[Tag]]:
        return [[cell.extract() for cell in cells] for cells in self._of(table)]


def _measured(cell: Tag) -> Cell[Tag]:
    for code in cell("pre"):
        code.name = "span"
    # A bar inside a cell would end it.
    for text in cell.find_all(string=lambda s: "|" in s):
        text.replace_with(text.replace("|", "/"))
    return Cell(cell, _span(cell, "colspan"), _span(cell, "rowspan") or _TO_THE_END, len(cell.get_text()))


def _span(cell: Tag, name: str) -> int:
    stated = str(cell.get(name) or "").strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1


def _fresh(cell: Tag | None) -> Tag:
    """A cell that stands for itself alone; a copy of one that has its place already."""
    if cell is None:
        return Tag(name="td")
    if cell.parent is not None:
        cell = copy.copy(cell)
    cell.name = "td"
    cell.attrs = {}
    return cell

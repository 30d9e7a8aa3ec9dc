"""Merged cells: each value stands in every place its cell covers, so that values stay under their headers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 1000  # columns or rows that one cell may cover: what browsers allow for columns
_ROOM = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """``size`` is the length of its text."""

    value: T
    columns: int
    rows: int
    size: int


class Spreader:
    """Of one document: what it may repeat in all is bounded, because a few bytes can claim a million places."""

    def __init__(self, room: int = _ROOM) -> None:
        self._left = room

    def grid(self, rows: Sequence[Sequence[Cell[T]]]) -> list[list[T | None]]:
        """Values by row and column; None where there is none. Rows may differ in length.

        A cell across the whole table stands in its first column only: there is no other header it could stand under.
        """
        width = max((sum(cell.columns for cell in row) for row in rows), default=0)
        grid: list[list[T | None]] = []
        hanging: dict[int, tuple[int, T | None]] = {}  # column: rows still to fill, with what
        for number, row in enumerate(rows):
            line: list[T | None] = []
            hanging = self._filled(line, row, hanging, width, len(rows) - number)
            grid.append(line)
        return grid

    def _filled(
        self,
        line: list[T | None],
        row: Sequence[Cell[T]],
        above: dict[int, tuple[int, T | None]],
        width: int,
        left: int,
    ) -> dict[int, tuple[int, T | None]]:
        """Fills one line; gives what hangs down from it into the next. ``left`` counts the rows from here on."""
        below = {column: (rows - 1, value) for column, (rows, value) in above.items() if rows > 1}
        for cell in row:
            _take(line, above)
            columns, rows = self._allowed(cell, min(cell.rows, left))
            across = columns > 1 and columns >= width
            for place in range(columns):
                value = None if across and place else cell.value
                if rows > 1:
                    below[len(line)] = (rows - 1, value)
                line.append(value)
        while above and len(line) <= max(above):
            _take(line, above)
            if len(line) <= max(above):
                line.append(None)
        return below

    def times(self, stated: int, size: int) -> int:
        """How often something of this size may stand that a file says stands so often: ``stated``, or once."""
        price = (stated - 1) * (size + 1)
        if price > self._left:
            return 1
        self._left -= price
        return stated

    def _allowed(self, cell: Cell[T], rows: int) -> tuple[int, int]:
        columns, rows = min(max(cell.columns, 1), _MOST), min(max(rows, 1), _MOST)
        return (columns, rows) if self.times(columns * rows, cell.size) == columns * rows else (1, 1)


def _take(line: list[T | None], above: dict[int, tuple[int, T | None]]) -> None:
    """The places that are taken by cells from above, from the end of the line on."""
    while len(line) in above:
        line.append(above[len(line)][1])


def titles_apart(grid: list[list[T | None]]) -> tuple[list[T], list[list[T | None]]]:
    """Rows at the top that hold one value across the whole table are its titles: the header comes after them."""
    width = max((len(row) for row in grid), default=0)
    titles: list[T] = []
    while (
        width > 1
        and len(grid) > 1
        and grid[0]
        and (first := grid[0][0]) is not None
        and not any(value is not None for value in grid[0][1:])
    ):
        titles.append(first)
        grid = grid[1:]
    return titles, grid

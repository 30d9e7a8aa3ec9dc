"""When an index is searched exactly and when not (decision 0008)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt


@dataclass(frozen=True, slots=True)
class Plan:
    """``cells_from`` vectors are needed before a snapshot is divided into cells at all. In one that is, up to ``exact``
    visible vectors are all compared; beyond, those of the nearest cells until about ``examined`` were.
    """

    exact: int = 25_000
    examined: int = 40_000
    cells_from: int = 100_000
    # Going past a hidden vector costs this much of comparing a visible one: visible ones then lie further apart.
    passing: float = 0.1

    def cells(self, count: int) -> int:
        """Into how many cells ``count`` vectors are divided; 0: not divided, every search is exact."""
        return 2 * isqrt(count) if count >= self.cells_from else 0

    def fits(self, cells: int, count: int) -> bool:
        """Whether a division into ``cells`` still serves ``count`` vectors."""
        wanted = self.cells(count)
        return cells == wanted or (wanted > 0 and 2 * wanted <= 3 * cells and 2 * cells <= 3 * wanted)

"""The seam to nearest-neighbour search."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.base import Vectors

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


class VectorIndex(Protocol):
    """Inner-product search over unit vectors keyed by passage id. Threads may search while one of them changes it."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Adds or replaces. ids (n,), unique; vectors (n, dimension)."""

    def remove(self, ids: Ids) -> None:
        """Removes; ids that are not there are ignored."""

    def search(self, vector: Vectors, k: int, allowed: Ids) -> tuple[Ids, Scores]:
        """The k best of ``allowed`` (sorted, unique), best first, equals by id; fewer when fewer are there.

        Scores are exact, and ids outside ``allowed`` neither come back nor take a place from one that does. Whether
        all of the best are found in a large index is the engine's promise. What is worked out from an ``allowed``
        that is marked read-only may be remembered for the next search with the same array.
        """

    def ids(self) -> Ids:
        """All ids, sorted."""

    def save(self, directory: Path) -> None:
        """Writes the index's files into an existing empty directory."""

    def load(self, directory: Path) -> None:
        """Replaces the content by what ``save`` wrote. Raises ValueError when the files do not fit.

        A large index may go on reading the files: they must not be changed while it lives (removing them is fine).
        """

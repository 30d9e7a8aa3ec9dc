"""Nearest-neighbour search: ``get_index(dimension)`` gives an empty index of the configured engine."""

from __future__ import annotations

from knowledge.index.base import Ids, Scores, VectorIndex
from knowledge.index.faiss import FaissIndex

__all__ = ["Ids", "Scores", "VectorIndex", "get_index"]


def get_index(dimension: int) -> VectorIndex:
    return FaissIndex(dimension)

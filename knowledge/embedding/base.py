"""The seam to embedding models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors. Implementations are safe to call from several threads."""

    @property
    def model_id(self) -> str:
        """Names the weights: vectors of different ids must never be compared."""

    @property
    def dimension(self) -> int: ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, rows of length 1."""

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1."""

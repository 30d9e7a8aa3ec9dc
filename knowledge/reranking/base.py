"""The seam to re-ranking models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


class Reranker(Protocol):
    """Reads a question beside each text. Implementations are safe to call from several threads."""

    @property
    def model_id(self) -> str:
        """Names the weights."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        """(n,) finite float64, greater for texts that speak more about the question; log-odds, so of any size.

        Raises SearchUnavailable when the model fails.
        """

"""The seam to models that judge whether one text follows from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entailment:
    """Probabilities, 0 to 1, that a statement follows from a text and that it contradicts it."""

    follows: float
    contradicts: float


class Entailer(Protocol):
    """Reads a text beside a statement. Implementations are safe to call from several threads."""

    @property
    def model_id(self) -> str:
        """Names the weights."""

    def judge(self, text: str, statement: str) -> Entailment:
        """Raises SearchUnavailable when the model fails."""

"""The seam to models that read a question and a sentence together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that may answer, and what they stand under (title, heading)."""

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """``answers``: log-odds that the sentence answers the question. ``text[start:end]`` of the sentence are the words
    that would be the short answer."""

    answers: float
    start: int
    end: int


class Reader(Protocol):
    """Implementations are safe to call from several threads."""

    @property
    def model_id(self) -> str:
        """Names the weights: readings of different ids must never be compared."""

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[Reading]:
        """One reading for each sentence, in their order. Raises SearchUnavailable when the model fails."""

"""The order of what was found: by the scores of the search, or by a re-ranking model that reads the first of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.labels import in_place
from knowledge.models import Passage
from knowledge.reranking import Reranker

# So many are read again, however many are asked for: the first of a longer list are those of a shorter one.
DEPTH = 30
WINDOW = 3 * DEPTH  # rows among which they are sought, as texts may be there several times


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage, its score, and what its score has from its place: ``named`` and ``language`` are added to what the
    passage says about the question, ``factor`` is what a replaced document keeps of both."""

    row: Passage
    score: float
    named: float
    language: float
    factor: float

    @property
    def order(self) -> tuple[float, int]:
        return -self.score, self.row.pk

    def judged(self, relevance: float) -> Ranked:
        return replace(self, score=(relevance + self.named + self.language) * self.factor)


def distinct(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Identical texts once, in the order given."""
    first: dict[str, Ranked] = {}
    for item in ranked:
        first.setdefault(item.row.text, item)
    return list(first.values())


def reordered(reranker: Reranker, question: str, ranked: Sequence[Ranked], window: Collection[int]) -> list[Ranked]:
    """Distinct passages, the first ``DEPTH`` of those in ``window`` by the model's judgement and the others behind
    them as they were. The judgement lies between 0 and 1, so what is added to it weighs as before.

    Raises SearchUnavailable when the model fails.
    """
    first = distinct(item for item in ranked if item.row.pk in window)[:DEPTH]
    if not first:
        return distinct(ranked)
    scores = reranker.score(question, [_with_place(item.row) for item in first])
    sigmoid = np.exp(-np.logaddexp(0.0, -scores)).tolist()
    judged = sorted(
        (item.judged(relevance) for item, relevance in zip(first, sigmoid, strict=True)), key=lambda item: item.order
    )
    taken, least = {item.row.text for item in first}, judged[-1].score
    others = (item for item in distinct(ranked) if item.row.text not in taken)
    return [*judged, *(replace(item, score=min(item.score, least)) for item in others)]


def _with_place(row: Passage) -> str:
    return in_place(row.version.document.title, row.heading_path, row.text)

"""The figures of retrieval, by the definitions of the sets they come from. Pure.

nDCG and recall by document as BEIR computes them (Thakur et al., 2021, arXiv 2104.08663); recall, precision and IoU of
characters as Smith and Troynikov define them for chunking (2024), precision at 1 and recall at 64 as LegalBench-RAG
does (Pipitone and Alami, 2024, arXiv 2408.10343).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[str, int, int]  # document, start, end


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of characters: of the gold found, of the retrieved that is gold, and of both together."""

    recall: float
    precision: float
    iou: float


def ndcg(ranked: Sequence[str], gold: Iterable[str], k: int = 10) -> float:
    """``ranked`` holds documents best first, each once; every gold document counts the same."""
    wanted = set(gold)
    gained = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked[:k]) if item in wanted)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(k, len(wanted))))
    return gained / ideal if ideal else 0.0


def recall(ranked: Sequence[str], gold: Iterable[str], k: int) -> float:
    wanted = set(gold)
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def overlap(retrieved: Sequence[Span], gold: Sequence[Span]) -> Overlap:
    """Characters that several retrieved spans hold count once in recall and IoU, each time in precision."""
    wanted, found = _merged(gold), _merged(retrieved)
    shared = _shared(found, wanted)
    given = sum(end - start for _, start, end in retrieved)
    united = _length(found) + _length(wanted) - shared
    twice = sum(_shared(_merged([span]), wanted) for span in retrieved)
    return Overlap(
        recall=shared / _length(wanted) if wanted else 0.0,
        precision=twice / given if given else 0.0,
        iou=shared / united if united else 0.0,
    )


def right_place(cited: Span, gold: Span) -> bool:
    """Whether a quote and a gold span are the same words: they share at least half of the shorter."""
    if cited[0] != gold[0]:
        return False
    shared = min(cited[2], gold[2]) - max(cited[1], gold[1])
    return shared > 0 and 2 * shared >= min(cited[2] - cited[1], gold[2] - gold[1])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters without overlaps, sorted."""
    merged: list[Span] = []
    for document, start, end in sorted(spans):
        if merged and merged[-1][0] == document and start <= merged[-1][2]:
            merged[-1] = (document, merged[-1][1], max(end, merged[-1][2]))
        elif end > start:
            merged.append((document, start, end))
    return merged


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for _, start, end in spans)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> int:
    return sum(
        max(0, min(mine[2], theirs[2]) - max(mine[1], theirs[1]))
        for mine in one
        for theirs in other
        if mine[0] == theirs[0]
    )

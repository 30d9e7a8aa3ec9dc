"""What may answer a question, by meaning and by words, inside what may be searched; each with its score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from django.conf import settings

from knowledge import lexical
from knowledge.embedding import Vectors, query_vector
from knowledge.index import Ids
from knowledge.projection import Projection
from knowledge.questions import Question
from knowledge.scope import Scope
from knowledge.tuning import tuning

# A passage of a document that the question names goes before all others.
NAMED_BONUS = 1.0
# How much a cosine counts in a language that the model was not trained on.
UNKNOWN_LANGUAGE_FACTOR = 0.25
# How far the model looks at what was said just before, beside the question itself.
BACKGROUND_WEIGHT = 1.0


class Ways(Enum):
    """What candidates are looked for by. The product uses both; one alone is what measuring compares them with."""

    BOTH = "both"
    MEANING = "meaning"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Reading:
    """A question beside what may be searched for it. ``named``: sorted ids of the documents it names, if it does."""

    asked: Question
    scope: Scope
    allowed: Ids
    named: Ids | None
    ways: Ways = Ways.BOTH


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """Of the question alone, and of the question with what was said before it."""

    alone: Vectors
    searched: Vectors


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates: passage id → cosine with the question alone, BM25, and both joined; ``named`` are those of a
    document that the question names, which ``score`` counts already."""

    dense: dict[int, float]
    lexical: dict[int, float]
    score: dict[int, float]
    named: frozenset[int]


def vectors_for(reading: Reading) -> QuestionVectors:
    asked = reading.asked
    text = asked.asked(reading.named is not None)
    alone = query_vector(text)
    if not asked.background:
        return QuestionVectors(alone, alone)
    both = alone + BACKGROUND_WEIGHT * query_vector(f"{asked.background} {text}")
    return QuestionVectors(alone, (both / np.linalg.norm(both)).astype(np.float32))


def candidates(
    reading: Reading, hits: lexical.Hits, projection: Projection | None, vectors: QuestionVectors | None, k: int
) -> Found:
    allowed, named = reading.allowed, reading.named
    words = reading.ways is not Ways.MEANING
    ids = set(allowed[lexical.best_of(hits.scores, k)].tolist()) if words else set()
    if named is not None and len(named):
        inside = np.isin(allowed, named, assume_unique=True)
        ids |= set(allowed[lexical.best_of(hits.scores * inside, k)].tolist())
    dense: dict[int, float] = {}
    alone: dict[int, float] = {}
    if projection is not None and vectors is not None:
        for only in (allowed, named):
            if only is not None:
                ids |= set(projection.index.search(vectors.searched, k, only)[0].tolist())
        wanted = np.array(sorted(ids), dtype=np.int64)
        dense = _cosines(projection, vectors.searched, wanted)
        alone = dense if vectors.alone is vectors.searched else _cosines(projection, vectors.alone, wanted)
    ordered = sorted(ids)
    lexical_scores = hits.scores[np.searchsorted(allowed, ordered)].tolist()
    full_text = dict(zip(ordered, lexical_scores, strict=True))
    factor = 1.0 if _model_knows(reading.asked.language) else UNKNOWN_LANGUAGE_FACTOR
    bonus = frozenset() if named is None else frozenset(named.tolist()) & ids
    score = {
        passage: factor * dense.get(passage, 0.0)
        + words * tuning().lexical_weight * full_text[passage] / hits.greatest
        + NAMED_BONUS * (passage in bonus)
        for passage in ids
    }
    return Found(alone, full_text, score, bonus)


def _cosines(projection: Projection, vector: Vectors, ids: Ids) -> dict[int, float]:
    found, scores = projection.index.search(vector, len(ids), ids)
    return dict(zip(found.tolist(), scores.tolist(), strict=True))


def _model_knows(language: str) -> bool:
    """Whether cosines mean something in this language; a question too short to tell is taken for one that it knows."""
    return not language or not settings.EMBEDDING_LANGUAGES or language in settings.EMBEDDING_LANGUAGES

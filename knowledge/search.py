"""From a question to evidence: the passages, among those the asker may see, that speak about it.

Dense and full-text candidates are both drawn inside the visible set. A passage's score is its cosine with the question
plus ``LEXICAL_WEIGHT`` times the share of the greatest BM25 score the question could reach: a question of which
few words are found is judged by meaning, one that names things exactly by its words. Rows are read from the database
under the read rule once more before anything is returned.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from accounts.models import User
from knowledge import lexical
from knowledge.embedding import Vectors, get_embedder
from knowledge.errors import SearchUnavailable
from knowledge.followups import Exchange, context_for
from knowledge.index import Ids
from knowledge.models import Passage
from knowledge.projection import Projection, get_projection
from knowledge.scope import Scope, visible_scope

CANDIDATES = 100
LEXICAL_WEIGHT = 1.2
# A document whose replacement the asker may read still shows up, behind what replaced it.
SUPERSEDED_FACTOR = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage the asker may see. ``page.text[start:end] == text``; ``dense`` is a cosine, ``lexical`` BM25."""

    passage_id: int
    document_id: uuid.UUID
    document_title: str
    document_name: str
    collection: str
    version_id: int
    version_number: int
    page_id: int
    page_number: int
    page_kind: str
    page_label: str
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    score: float
    dense: float
    lexical: float
    effective: date | None
    dated: date
    superseded: bool
    review_by: date | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Evidence best first. ``degraded`` is "" or says why full text alone was used."""

    evidence: tuple[Evidence, ...]
    timings_ms: dict[str, float]
    collections: tuple[int, ...]
    degraded: str
    term_weights: dict[str, float]
    searched_as: str


def search(question: str, user: User, k: int = 10, context: Sequence[Exchange] = ()) -> SearchResult:
    """The k best passages for a question, with ``context`` what was said before in the conversation, oldest first.

    Raises SearchUnavailable when neither vectors nor full text can be used.
    """
    timings: dict[str, float] = {}
    with _timed(timings, "search"):
        scope = visible_scope(user)
        referred = context_for(question, context)
    searched_as = f"{referred} {question}".strip()
    degraded, vector = "", None
    with _timed(timings, "embed"):
        try:
            vector = get_embedder().embed_query(searched_as)
        except SearchUnavailable:
            degraded = "no_model"
    with _timed(timings, "search"):
        asked = lexical.analyse_question(question, scope.languages, referred)
        if vector is None:
            allowed, lengths = _passages_from_rows(scope)
        else:
            projection = get_projection()
            allowed, lengths = projection.passages_of(scope.versions)
        ids, scores, inverse = lexical.search(asked, CANDIDATES, allowed, lengths)
        full_text = dict(zip(ids.tolist(), scores.tolist(), strict=True))
        dense = {} if vector is None else _dense(projection, vector, allowed, ids)
        fused = _fuse(dense, full_text, lexical.greatest(inverse))
        evidence = _read(user, scope, fused, dense, full_text, k)
    weights = {variant: weight for term, weight in zip(asked.terms, inverse, strict=True) for variant in term}
    return SearchResult(tuple(evidence), timings, scope.collections, degraded, weights, searched_as)


def still_visible(user: User, passage_ids: Iterable[int]) -> set[int]:
    """Which of these passages the person may see at this moment, asked of the database."""
    return set(Passage.objects.visible_to(user).filter(pk__in=list(passage_ids)).values_list("pk", flat=True))


@contextmanager
def _timed(timings: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        timings[name] = timings.get(name, 0.0) + (time.perf_counter() - started) * 1000


def _passages_from_rows(scope: Scope) -> tuple[Ids, NDArray[np.int64]]:
    """Without a model there is no projection: the visible set comes straight from the rows."""
    rows = (
        Passage.objects.filter(version_id__in=scope.versions.tolist()).order_by("pk").values_list("pk", "start", "end")
    )
    table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
    return np.ascontiguousarray(table[:, 0]), table[:, 2] - table[:, 1]


def _dense(projection: Projection, vector: Vectors, allowed: Ids, others: Ids) -> dict[int, float]:
    """Cosines of the nearest passages and of ``others``, which full text found."""
    found: dict[int, float] = {}
    for k, inside in ((CANDIDATES, allowed), (len(others), np.sort(others))):
        ids, scores = projection.index.search(vector, k, inside)
        found.update(zip(ids.tolist(), scores.tolist(), strict=True))
    return found


def _fuse(dense: dict[int, float], full_text: dict[int, float], greatest: float) -> dict[int, float]:
    """Passage id → score."""
    return {
        passage: dense.get(passage, 0.0) + LEXICAL_WEIGHT * full_text.get(passage, 0.0) / greatest
        for passage in dense.keys() | full_text.keys()
    }


def _read(
    user: User, scope: Scope, fused: dict[int, float], dense: dict[int, float], full_text: dict[int, float], k: int
) -> list[Evidence]:
    """Rows of the best candidates, the read rule asked again, identical texts once, best first."""
    wanted = sorted(fused, key=lambda passage: (-fused[passage], passage))[: 3 * k]
    rows = (
        Passage.objects.visible_to(user)
        .searchable()
        .filter(pk__in=wanted)
        .select_related("page", "version", "version__document__collection")
        .defer("page__text", "vector")
    )
    found = [_evidence(row, scope, fused[row.pk], dense.get(row.pk, 0.0), full_text.get(row.pk, 0.0)) for row in rows]
    found.sort(key=lambda item: (-item.score, item.passage_id))
    seen: set[str] = set()
    distinct: list[Evidence] = []
    for item in found:
        if item.text not in seen:
            seen.add(item.text)
            distinct.append(item)
    return distinct[:k]


def _evidence(row: Passage, scope: Scope, fused: float, dense: float, full_text: float) -> Evidence:
    version, document = row.version, row.version.document
    replaced = document.pk in scope.replaced
    return Evidence(
        passage_id=row.pk,
        document_id=document.pk,
        document_title=document.title,
        document_name=document.name,
        collection=document.collection.name,
        version_id=version.pk,
        version_number=version.number,
        page_id=row.page_id,
        page_number=row.page.number,
        page_kind=row.page.kind,
        page_label=row.page.label,
        start=row.start,
        end=row.end,
        text=row.text,
        heading_path=tuple(row.heading_path),
        score=fused * (SUPERSEDED_FACTOR if replaced else 1.0),
        dense=dense,
        lexical=full_text,
        effective=document.effective,
        dated=document.effective or version.created.date(),
        superseded=replaced,
        review_by=document.review_by,
    )

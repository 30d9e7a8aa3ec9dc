"""From a question to evidence: the passages, among those the asker may see, that speak about it.

Dense and full-text candidates are both drawn inside the visible set. A passage's score is its cosine with the question
plus ``tuning.LEXICAL_WEIGHT`` times the share of the greatest BM25 score the question could reach: a question of which
few words are found is judged by meaning, one that names things exactly by its words. What the question says of where to
look, what was said before it and its language count as docs/retrieval.md explains. A re-ranking model, when one is
configured, reads the first of them again. Rows are read from the database under the read rule once more before anything
is returned.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import User
from knowledge import lexical
from knowledge.candidates import NAMED_BONUS, Found, Reading, Ways, candidates, vectors_for
from knowledge.errors import IndexBusy, SearchUnavailable
from knowledge.followups import Exchange
from knowledge.index import Ids
from knowledge.models import Passage
from knowledge.naming import named_passages
from knowledge.projection import get_projection
from knowledge.questions import Question, read_question
from knowledge.reordering import DEPTH, WINDOW, Ranked, distinct, reordered
from knowledge.reranking import Reranker, get_reranker
from knowledge.scope import Scope, visible_scope
from knowledge.tuning import tuning

logger = logging.getLogger("footnote.search")
_CANDIDATES = 100
_ROWS_AT_ONCE = 400  # a database takes so many ids in one question


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
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Evidence best first. ``degraded`` is "" or says why full text alone was used, or for some."""

    evidence: tuple[Evidence, ...]
    timings_ms: dict[str, float]
    collections: tuple[int, ...]
    degraded: str
    term_weights: dict[str, float]
    searched_as: str


def await_index() -> None:
    """Has this process's index catch up, or waits as long as a question may for the thread that does. To be called
    where others do not wait meanwhile; a search that follows hardly has to."""
    with suppress(SearchUnavailable):  # the search finds the same, and goes without
        get_projection(patience=settings.INDEX_PATIENCE_SECONDS)


def search(
    question: str, user: User, k: int = 10, context: Sequence[Exchange] = (), ways: Ways = Ways.BOTH
) -> SearchResult:
    """The k best passages for a question, with ``context`` what was said before in the conversation, oldest first.

    With one of the ``ways`` alone neither the other nor the names of documents count. Raises SearchUnavailable when
    neither vectors nor full text can be used.
    """
    timings: dict[str, float] = {}
    asked = read_question(question, context)
    reranker = get_reranker() if tuning().rerank else None
    depths = (max(_CANDIDATES, 3 * k), 3 * (k if reranker is None else max(k, DEPTH)))
    look = _look(user, asked, ways, depths, timings)
    with _timed(timings, "search"):
        lost = _has_lost(look.reading.scope, user)
    if lost:
        look = _look(user, asked, ways, depths, timings)
    reading, found = look.reading, look.found
    if reranker is None:
        ranked = distinct(look.ranked)
    else:
        with _timed(timings, "rerank"):
            ranked = _reread(reranker, reading, look.ranked, frozenset(look.best[:WINDOW]))
    evidence = [_evidence(item, reading, found) for item in ranked[:k]]
    collections = reading.scope.collections
    return SearchResult(tuple(evidence), timings, collections, look.degraded, look.weights, asked.searched_as)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look through the visible set gave. ``best`` are passages, ``ranked`` the rows of the first of them."""

    reading: Reading
    found: Found
    best: Sequence[int]
    ranked: list[Ranked]
    weights: dict[str, float]
    degraded: str


def _look(user: User, asked: Question, ways: Ways, depths: tuple[int, int], timings: dict[str, float]) -> _Look:
    """``depths``: so many candidates, and so many rows of them."""
    with _timed(timings, "search"):
        scope = visible_scope(user)
        try:
            projection = get_projection(patience=settings.INDEX_PATIENCE_SECONDS)
            degraded = "other_model" if projection.incomplete else ""
        except IndexBusy:
            projection, degraded = None, "no_index"
        except SearchUnavailable:
            projection, degraded = None, "no_model"
        if projection is None or projection.incomplete:
            allowed, lengths = _passages_from_rows(scope)
        else:
            allowed, lengths = projection.passages_of(scope.versions)
        named = (
            named_passages(asked.place, user, scope.languages, projection, allowed)
            if projection is not None and asked.place and ways is Ways.BOTH
            else None
        )
    reading = Reading(asked, scope, allowed, named, ways)
    vectors = None
    if projection is not None and ways is not Ways.WORDS:
        with _timed(timings, "embed"):
            try:
                vectors = vectors_for(reading)
            except SearchUnavailable:
                degraded = "no_model"
    with _timed(timings, "search"):
        own = asked.own(named is not None)
        terms = lexical.analyse_question(own, scope.languages, asked.referred, asked.earlier)
        hits = lexical.search(terms, allowed, lengths)
        found = candidates(reading, hits, projection, vectors, depths[0])
        best = sorted(found.score, key=lambda passage: (-found.score[passage], passage))
        ranked = _read(user, reading, found, best[: depths[1]])
    weights = {variant: weight for term, weight in zip(terms.terms, hits.inverse, strict=True) for variant in term}
    return _Look(reading, found, best, ranked, weights, degraded)


def _has_lost(scope: Scope, user: User) -> bool:
    """Whether versions that were searched are no longer what answers: a document that got another one meanwhile would
    be missing, as neither its old passages can be read nor its new ones were looked at."""
    now = visible_scope(user).versions
    return now is not scope.versions and not np.isin(scope.versions, now, assume_unique=True).all()


@contextmanager
def _timed(timings: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        timings[name] = timings.get(name, 0.0) + (time.perf_counter() - started) * 1000


def _passages_from_rows(scope: Scope) -> tuple[Ids, NDArray[np.int64]]:
    """Without a whole projection the visible set comes straight from the rows."""
    versions = scope.versions.tolist()
    rows: list[tuple[int, int, int]] = []
    for start in range(0, len(versions), _ROWS_AT_ONCE):
        some = Passage.objects.filter(version_id__in=versions[start : start + _ROWS_AT_ONCE])
        rows.extend(some.values_list("pk", "start", "end"))
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    return np.ascontiguousarray(table[:, 0]), table[:, 2] - table[:, 1]


def _read(user: User, reading: Reading, found: Found, wanted: Sequence[int]) -> list[Ranked]:
    """Rows of the best candidates, the read rule asked again, best first."""
    rows: list[Passage] = []
    for start in range(0, len(wanted), _ROWS_AT_ONCE):
        some = Passage.objects.visible_to(user).searchable().filter(pk__in=wanted[start : start + _ROWS_AT_ONCE])
        rows.extend(some.select_related("page", "version__document__collection").defer("page__text", "vector"))
    return sorted((_ranked(row, reading, found) for row in rows), key=lambda item: item.order)


def _ranked(row: Passage, reading: Reading, found: Found) -> Ranked:
    own = bool(reading.asked.language) and row.language == reading.asked.language
    language = tuning().language_bonus if own and len(reading.scope.languages) > 1 else 0.0
    factor = tuning().superseded_factor if _out_of_force(row, reading) else 1.0
    named = NAMED_BONUS if row.pk in found.named else 0.0
    return Ranked(row, (found.score[row.pk] + language) * factor, named, language, factor)


def _out_of_force(row: Passage, reading: Reading) -> bool:
    """Replaced by a document that the asker may read, or not in force on this day."""
    document = row.version.document
    return document.pk in reading.scope.replaced or not document.force.holds(timezone.localdate())


def _reread(reranker: Reranker, reading: Reading, ranked: list[Ranked], window: frozenset[int]) -> list[Ranked]:
    """As the model orders them; as they were when it fails."""
    try:
        return reordered(reranker, reading.asked.asked(reading.named is not None), ranked, window)
    except SearchUnavailable as error:
        logger.warning("one question was answered without re-ranking: %s", error)
        return distinct(ranked)


@dataclass(frozen=True, slots=True)
class Scores:
    """Of a passage: in all, its cosine with the question, its BM25."""

    score: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0


UNASKED = Scores()  # of a passage that was read without a question


def evidence_of(row: Passage, scores: Scores, *, superseded: bool) -> Evidence:
    """A row with its page, version, document and collection as evidence. The caller has asked the read rule, also about
    the document that replaces this one."""
    version, document = row.version, row.version.document
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
        score=scores.score,
        dense=scores.dense,
        lexical=scores.lexical,
        effective=document.effective,
        dated=document.effective or timezone.localdate(version.created),
        superseded=superseded,
        review_by=document.review_by,
        until=document.effective_until,
    )


def _evidence(item: Ranked, reading: Reading, found: Found) -> Evidence:
    row = item.row
    scores = Scores(item.score, found.dense.get(row.pk, 0.0), found.lexical.get(row.pk, 0.0))
    return evidence_of(row, scores, superseded=_out_of_force(row, reading))

"""From a question to the evidence with its sentences ranked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from accounts.models import User
from assistant.selection.choosing import Material
from assistant.selection.questions import parts_of, profile
from assistant.selection.ranking import rank, usable
from assistant.selection.units import all_units
from assistant.selection.vectors import SentenceMeaning
from knowledge.followups import Exchange
from knowledge.models import Document, Page, has_begun
from knowledge.search import Evidence, SearchResult, search

PASSAGES = 10
MOST_PARTS = 3
WITHOUT_MODEL = "no_model"


def find(asked: str, user: User, earlier: Sequence[Exchange], passages: int = PASSAGES) -> SearchResult:
    """Searches for a question, and for each part of one that asks several things. Raises SearchUnavailable."""
    result = search(asked, user, passages, earlier)
    evidence = {item.passage_id: item for item in result.evidence}
    timings, weights = dict(result.timings_ms), dict(result.term_weights)
    for part in parts_of(asked)[:MOST_PARTS]:
        found = search(part, user, passages // 2, earlier)
        for item in found.evidence:
            evidence.setdefault(item.passage_id, item)
        weights = {**found.term_weights, **weights}
        timings = {name: value + found.timings_ms.get(name, 0.0) for name, value in timings.items()}
    return replace(result, evidence=tuple(evidence.values()), term_weights=weights, timings_ms=timings)


def gather(
    asked: str, result: SearchResult, evidence: Sequence[Evidence], refused: Collection[tuple[str, str]] = ()
) -> Material:
    """The evidence (what of the result may still be shown) with its sentences ranked for the question.

    ``refused`` holds (document id, quote) that reviewers found not to support an answer to this question.
    Raises SearchUnavailable when the model fails although it could be used for the search.
    """
    about = profile(result.searched_as, result.term_weights, asked)
    units = usable(all_units(evidence, _pages(evidence)), evidence, _replaced_by(evidence), about, refused)
    meaning = None if result.degraded == WITHOUT_MODEL else SentenceMeaning()
    ranked = rank(about, units, evidence, meaning)
    parts = [profile(part, result.term_weights) for part in about.parts]
    return Material(
        profile=about,
        evidence=tuple(evidence),
        ranked=tuple(ranked),
        parts=tuple(tuple(rank(part, units, evidence, meaning)) for part in parts),
    )


def _pages(evidence: Sequence[Evidence]) -> dict[int, str]:
    """Text of the pages that may have tables: a row's header may stand in another passage."""
    wanted = {item.page_id for item in evidence if "|" in item.text or item.page_kind == Page.Kind.PAGE}
    return dict(Page.objects.filter(pk__in=wanted).values_list("pk", "text")) if wanted else {}


def _replaced_by(evidence: Sequence[Evidence]) -> dict[str, str]:
    some = Document.objects.filter(pk__in={item.document_id for item in evidence}, superseded_by__isnull=False)
    replaced = some.filter(has_begun("superseded_by__"))
    return {str(old): str(new) for old, new in replaced.values_list("pk", "superseded_by_id")}

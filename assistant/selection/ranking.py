"""Which sentences of the evidence answer the question, best first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.selection.questions import Profile, covered, fits, unasked
from assistant.selection.units import Unit
from knowledge.embedding import Vectors
from knowledge.reading import Sentence
from knowledge.search import Evidence

READ = 12  # sentences that are read together with the question; the others count as the worst of these
SURE = 6.0  # log-odds beyond which a reading says nothing more
PRESELECTED = 28  # sentences that are embedded; the others had too little to do with the question
_SENTENCE = re.compile(r"\S+\s+\S+\s+\S.*[.!:;”\"')]$")  # at least three words and an end
NEARNESS = 1.5  # before sentences are embedded, their passage's cosine speaks for them
WITHOUT_MODEL = 0.8  # how much of a cosine the shared words stand in for when there is no model


class Meaning(Protocol):
    """Vectors of a question and of sentences, all of length 1."""

    def embed_query(self, text: str) -> Vectors:
        """(dimension,)"""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension)"""

    def read(self, question: str, sentences: Sequence[Sentence]) -> Sequence[float] | None:
        """Log-odds for each sentence that it answers, or None when no model reads both together."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts. Tuned on the tuning half of the sample questions; see docs/benchmarks.md."""

    cosine: float = 1.06
    read: float = 0.08
    own: float = 0.6
    around: float = 0.33
    kind: float = 0.1
    passage: float = 0.35
    dense: float = 0.45
    replaced: float = -0.3
    scrap: float = -0.1
    unasked: float = -0.15


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its signs. ``own`` and ``around``: weighted share of the question's terms in it and around it;
    ``unasked``: share of the condition it opens with that the question does not speak of; ``likeness``: cosine with
    the best unit, 0 without a model; ``bare``: for the best unit, the cosine of its words without title and heading;
    ``read``: log-odds that it answers when question and sentence are read together, 0 without a model for that."""

    unit: Unit
    evidence: Evidence
    own: float
    around: float
    kind: float
    unasked: float
    cosine: float = 0.0
    score: float = 0.0
    likeness: float = 0.0
    bare: float = 0.0
    read: float = 0.0


def rank(
    profile: Profile,
    units: Sequence[Unit],
    evidence: Sequence[Evidence],
    meaning: Meaning | None,
    weights: Weights | None = None,
) -> list[Ranked]:
    """The best units, best first. ``meaning`` is None when no model can be used: then words alone decide."""
    weights = weights or Weights()
    signed = [_signs(profile, unit, evidence) for unit in units]
    signed.sort(key=lambda item: -_score(item, evidence, weights) - NEARNESS * item.evidence.dense)
    chosen = signed[:PRESELECTED]
    if meaning is None:
        stand_in = [WITHOUT_MODEL * (item.own + item.around) for item in chosen]
        chosen = [replace(item, cosine=value, bare=value) for item, value in zip(chosen, stand_in, strict=True)]
        return _sorted(replace(item, score=_score(item, evidence, weights)) for item in chosen)
    if not chosen:
        return []
    vectors = meaning.embed_documents([item.unit.read_as for item in chosen])
    asked = meaning.embed_query(profile.question)
    cosines = vectors @ asked
    chosen = [replace(item, cosine=float(value)) for item, value in zip(chosen, cosines, strict=True)]
    chosen = [replace(item, score=_score(item, evidence, weights)) for item in chosen]
    chosen = [replace(item, score=_score(item, evidence, weights)) for item in _read(profile, chosen, meaning)]
    best = max(range(len(chosen)), key=lambda place: chosen[place].score)
    alike = vectors @ vectors[best]
    ranked = _sorted(replace(item, likeness=float(value)) for item, value in zip(chosen, alike, strict=True))
    bare = meaning.embed_documents([ranked[0].unit.shown])[0] @ asked
    return [replace(ranked[0], bare=float(bare)), *ranked[1:]]


def _read(profile: Profile, chosen: Sequence[Ranked], meaning: Meaning) -> list[Ranked]:
    """In their order, the likeliest of them read together with the question."""
    likeliest = sorted(range(len(chosen)), key=lambda place: -chosen[place].score)[:READ]
    units = [chosen[place] for place in likeliest]
    found = meaning.read(profile.question, [Sentence(u.unit.shown, u.evidence.document_title) for u in units])
    if not found:
        return list(chosen)
    odds = dict(zip(likeliest, (max(-SURE, min(SURE, value)) for value in found), strict=True))
    worst = min(odds.values())
    return [replace(item, read=odds.get(place, worst)) for place, item in enumerate(chosen)]


def _sorted(items: Iterable[Ranked]) -> list[Ranked]:
    return sorted(items, key=lambda item: (-item.score, item.unit.source, item.unit.start))


def usable(
    units: Sequence[Unit], evidence: Sequence[Evidence], replaced_by: Mapping[str, str], profile: Profile,
    refused: Collection[tuple[str, str]],
) -> list[Unit]:
    """Units without those of documents whose replacement is among the evidence, and without refused quotes.

    ``replaced_by`` maps document ids to their replacement's; ``refused`` holds (document id, quote). An old document
    stays when the question names the year in its title.
    """
    present = {str(item.document_id) for item in evidence}
    kept = []
    for unit in units:
        source = evidence[unit.source]
        document = str(source.document_id)
        named = any(number in source.document_title for number in profile.numbers if len(number) == 4)
        if replaced_by.get(document) in present and not named:
            continue
        if any(document == owner and unit.text in quote for owner, quote in refused):
            continue
        kept.append(unit)
    return kept


def _signs(profile: Profile, unit: Unit, evidence: Sequence[Evidence]) -> Ranked:
    own, around = covered(profile.weights, unit.shown, unit.context, profile.days)
    kind = fits(profile.expects, unit.shown)
    return Ranked(unit, evidence[unit.source], own, around, kind, unasked(profile, unit.shown))


def _score(item: Ranked, evidence: Sequence[Evidence], weights: Weights) -> float:
    best = max((source.score for source in evidence), default=0.0) or 1.0
    score = (
        weights.cosine * item.cosine
        + weights.read * item.read
        + weights.own * item.own
        + weights.around * item.around
        + weights.kind * item.kind
        + weights.passage * item.evidence.score / best
        + weights.dense * item.evidence.dense
        + weights.unasked * item.unasked
    )
    if item.evidence.superseded:
        score += weights.replaced
    if item.unit.kind == "sentence" and not _SENTENCE.search(item.unit.shown):
        score += weights.scrap
    return score

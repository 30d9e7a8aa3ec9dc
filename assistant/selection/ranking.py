"""Which sentences of the evidence answer the question, best first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.selection.questions import Profile, covered, fits
from assistant.selection.units import Unit
from knowledge.search import Evidence

PRESELECTED = 16  # sentences that are embedded; the others had too little to do with the question
Cosines = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts. Tuned on the tuning half of the sample questions; see docs/benchmarks.md."""

    cosine: float = 1.0
    own: float = 0.45
    around: float = 0.3
    kind: float = 0.15
    passage: float = 0.15
    dense: float = 0.2
    replaced: float = -0.3
    scrap: float = -0.15


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its signs. ``own`` and ``around``: weighted share of the question's terms in it and around it."""

    unit: Unit
    evidence: Evidence
    own: float
    around: float
    kind: float
    cosine: float = 0.0
    score: float = 0.0


def rank(
    profile: Profile,
    units: Sequence[Unit],
    evidence: Sequence[Evidence],
    cosines: Cosines | None,
    weights: Weights | None = None,
) -> list[Ranked]:
    """The best units, best first. ``cosines`` is None when no model can be used: then words alone decide."""
    weights = weights or Weights()
    signed = [_signs(profile, unit, evidence) for unit in units]
    signed.sort(key=lambda item: -_score(item, evidence, weights))
    chosen = signed[:PRESELECTED]
    if cosines is not None and chosen:
        values = cosines(profile.question, [item.unit.read_as for item in chosen])
        chosen = [replace(item, cosine=value) for item, value in zip(chosen, values, strict=True)]
    chosen = [replace(item, score=_score(item, evidence, weights)) for item in chosen]
    return sorted(chosen, key=lambda item: (-item.score, item.unit.source, item.unit.start))


def for_part(part: Profile, ranked: Sequence[Ranked], evidence: Sequence[Evidence], cosines: Cosines | None) -> list[Ranked]:
    """The same units ranked for one part of a question that asks two things."""
    return rank(part, [item.unit for item in ranked], evidence, cosines)


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
    own, around = covered(profile.weights, unit.shown, unit.context)
    return Ranked(unit, evidence[unit.source], own, around, fits(profile.expects, unit.shown))


def _score(item: Ranked, evidence: Sequence[Evidence], weights: Weights) -> float:
    best = max((source.score for source in evidence), default=0.0) or 1.0
    score = (
        weights.cosine * item.cosine
        + weights.own * item.own
        + weights.around * item.around
        + weights.kind * item.kind
        + weights.passage * item.evidence.score / best
        + weights.dense * item.evidence.dense
    )
    if item.evidence.superseded:
        score += weights.replaced
    if len(item.unit.shown.split()) < 4:
        score += weights.scrap
    return score

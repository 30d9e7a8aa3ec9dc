"""Which one to three quotes make the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.selection.measures import amounts
from assistant.selection.questions import Profile, covered
from assistant.selection.ranking import Ranked
from knowledge.lexical import analyse
from knowledge.search import Evidence

MOST = 3
ENOUGH = 0.75  # a further quote must come near the best one
NEW_SHARE = 0.2  # of the question's weight that a further quote must add
CLOSE = 0.88
TOO_CLOSE_TO_CALL = 0.06  # of score: a sentence this near to the best is as likely the answer, so both are quoted
NEW_SHARE_ELSEWHERE = 0.07
ALIKE = 0.5  # share of terms that two sentences about the same matter have in common
SAME_MATTER = 0.6  # or their cosine
RIVAL = 0.78  # how near to the best a sentence must come that says otherwise
PART = 0.6  # how near the best answer to one part of a question must come


@dataclass(frozen=True, slots=True)
class Material:
    """The evidence with its ranked units, for the whole question and for each of its parts."""

    profile: Profile
    evidence: tuple[Evidence, ...]
    ranked: tuple[Ranked, ...]
    parts: tuple[tuple[Ranked, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit to quote; ``named`` when the reader must be told which document says so."""

    item: Ranked
    named: bool = False


def choose(material: Material) -> list[Choice]:
    """The quotes of the answer in the order they are shown; empty when nothing can be quoted."""
    if not material.ranked:
        return []
    best = material.ranked[0]
    if rival := _rival(material.profile, material.ranked):
        pair = sorted((best, rival), key=lambda item: item.evidence.dated, reverse=True)
        return [Choice(item, named=True) for item in pair]
    chosen = [best]
    for part in material.parts:
        if part and part[0].score >= PART * best.score and len(chosen) < MOST:
            _add(chosen, part[0])
    for item in material.ranked[1:]:
        adds = item.score >= ENOUGH * best.score and _adds(material.profile, chosen, item)
        if len(chosen) < MOST and (adds or item.score >= best.score - TOO_CLOSE_TO_CALL):
            _add(chosen, item)
    return [Choice(item) for item in _reading_order(chosen)]


def _add(chosen: list[Ranked], item: Ranked) -> None:
    if all((item.unit.source, item.unit.start) != (other.unit.source, other.unit.start) for other in chosen):
        chosen.append(item)


def _adds(profile: Profile, chosen: Sequence[Ranked], item: Ranked) -> bool:
    """Whether a unit answers to a part of the question that nothing chosen speaks of.

    Another document that comes close needs to add less, and its title and headings count.
    """
    said = " ".join(f"{other.unit.shown} {other.unit.context}" for other in chosen)
    elsewhere = all(item.evidence.document_id != other.evidence.document_id for other in chosen)
    close = elsewhere and item.score >= CLOSE * chosen[0].score
    more = f"{item.unit.shown} {item.unit.context}" if close else item.unit.shown
    before, _ = covered(profile.weights, said, days=profile.days)
    after, _ = covered(profile.weights, f"{said} {more}", days=profile.days)
    return after - before >= (NEW_SHARE_ELSEWHERE if close else NEW_SHARE)


def _rival(profile: Profile, ranked: Sequence[Ranked]) -> Ranked | None:
    """A sentence of another document in force that speaks of the same matter with other figures."""
    best = ranked[0]
    figures = _figures(best, profile)
    if not figures or best.evidence.superseded:
        return None
    for item in ranked[1:]:
        if item.evidence.document_id == best.evidence.document_id or item.evidence.superseded:
            continue
        theirs = _figures(item, profile)
        same_kind = {kind for kind, _ in figures} & {kind for kind, _ in theirs}
        if item.score >= RIVAL * best.score and same_kind and not figures & theirs and _alike(best, item):
            return item
    return None


def _figures(item: Ranked, profile: Profile) -> set[tuple[str, Decimal]]:
    """Figures with what they measure; bare counts too where a number is asked for."""
    found = amounts(item.unit.shown)
    return {reading for one in found if one.kind or profile.expects == "number" for reading in one.readings}


def _alike(one: Ranked, other: Ranked) -> bool:
    if other.likeness >= SAME_MATTER:
        return True
    mine = {term for term in analyse(one.unit.shown) if not term[0].isdigit()}
    theirs = {term for term in analyse(other.unit.shown) if not term[0].isdigit()}
    return len(mine & theirs) >= ALIKE * max(1, min(len(mine), len(theirs)))


def _reading_order(chosen: Sequence[Ranked]) -> list[Ranked]:
    """Documents in the order of their best quote; quotes of one document as they are read there."""
    documents = list(dict.fromkeys(item.evidence.document_id for item in chosen))
    return sorted(
        chosen,
        key=lambda item: (
            documents.index(item.evidence.document_id),
            item.evidence.page_number,
            item.evidence.start + item.unit.start,
        ),
    )

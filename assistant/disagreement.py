"""Where documents disagree about what was asked: two sentences of different documents that speak of the same matter and
whose comparable facts differ. Pure.

It is computed over what the answer was made from, which is what the asker may see, and over nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.facts import Quantity, dates, names, quantities
from assistant.grounding import opposed
from assistant.selection.choosing import Material
from assistant.selection.questions import Profile, covered
from assistant.selection.ranking import Ranked
from knowledge.errors import SearchUnavailable
from knowledge.lexical import analyse

Closeness = Callable[[str, str], float]
Place = tuple[int, int, int]  # passage, and characters of its text

MOST = 2  # disagreements told with one answer
MOST_SIDES = 4
NEAR = 0.62  # of the best score: how near a sentence must come to answer the same question
SAME_MATTER = 0.5  # cosine of two sentences about the same matter
SAME_CLAIM = 0.72  # and of two that say the same but for a denial
SHARED_TERMS = 0.34  # of the shorter sentence's terms
ASKED = 0.5  # of what the one says of the question's terms: how much of it the other must say too
_MONEY = frozenset({"eur", "usd", "gbp"})
_TIME = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "night"})
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?=\s+(?:\w+\s+){0,2}(?:day|week|month|year))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sentences of different documents, the one that the answer cites first; ``kind`` is figures, dates or denial.

    ``said`` has for each side the words in which it differs, "" for a denial. ``scoped``: one side names whom it is
    for, which neither the question nor the others do, so that both may hold.
    """

    kind: str
    sides: tuple[Ranked, ...]
    said: tuple[str, ...]
    scoped: bool


def disagreements(material: Material, cited: Sequence[Place], closeness: Closeness | None) -> list[Disagreement]:
    """What other documents say against the sentences that were cited. ``closeness`` gives the cosine of two texts and
    may raise SearchUnavailable; without it words alone decide.
    """
    found: list[Disagreement] = []
    told: set[object] = set()
    for anchor in _anchors(material, cited):
        rivals = [anchor]
        kinds = []
        for other in material.ranked:
            kind = _differ(material, anchor, other, closeness)
            if not kind or other.evidence.document_id in {side.evidence.document_id for side in rivals}:
                continue
            rivals.append(other)
            kinds.append(kind)
        documents = frozenset(side.evidence.document_id for side in rivals)
        if kinds and documents not in told and len(found) < MOST:
            told.add(documents)
            found.append(_told(material.profile, kinds[0], rivals[:MOST_SIDES]))
    return found


def _told(profile: Profile, kind: str, sides: Sequence[Ranked]) -> Disagreement:
    says = {"figures": lambda text: _figures_said(profile.expects, text), "dates": _dates_said}.get(kind)
    said = tuple(says(side.unit.shown) if says else "" for side in sides)
    asked = set(analyse(profile.question))
    return Disagreement(kind, tuple(sides), said, any(_scope(side, sides, asked) for side in sides))


def _scope(side: Ranked, sides: Sequence[Ranked], asked: set[str]) -> set[str]:
    """Words that a sentence shares with its own document's title, and with nothing else that is said or asked."""
    title = set(analyse(side.evidence.document_title))
    texts = [f"{other.unit.shown} {other.unit.context}" for other in sides if other is not side]
    others = set(analyse(" ".join(texts)))
    return (set(analyse(side.unit.shown)) & title) - others - asked


def _anchors(material: Material, cited: Sequence[Place]) -> list[Ranked]:
    """The ranked sentences that the answer quotes and that come near the best one, best first."""
    if not material.ranked:
        return []
    enough = NEAR * material.ranked[0].score
    return [item for item in material.ranked if item.score >= enough and any(_covers(item, place) for place in cited)]


def _covers(item: Ranked, place: Place) -> bool:
    passage, start, end = place
    return item.evidence.passage_id == passage and item.unit.start < end and start < item.unit.end


def _differ(material: Material, one: Ranked, other: Ranked, closeness: Closeness | None) -> str:
    """How two sentences differ about what was asked; "" when they do not, or speak of different things."""
    if one.evidence.document_id == other.evidence.document_id:
        return ""
    profile, best = material.profile, material.ranked[0]
    if other.score < NEAR * best.score or not _asked(profile, one, other) or _other_subject(profile, one, other):
        return ""
    alike = _alike(one, other, closeness)
    if figures_differ(profile.expects, one.unit.shown, other.unit.shown) and alike >= SAME_MATTER:
        return "figures"
    if dates_differ(profile.expects, one.unit.shown, other.unit.shown) and alike >= SAME_MATTER:
        return "dates"
    same_words = shared_terms(one.unit.shown, other.unit.shown) >= 2 * SHARED_TERMS
    if alike >= SAME_CLAIM and same_words and opposed(one.unit.shown, other.unit.shown):
        return "denial"
    return ""


def _asked(profile: Profile, one: Ranked, other: Ranked) -> bool:
    """Whether the other speaks of what the one says of the question: of its rarest word, and of enough else."""
    said = set(analyse(one.unit.shown)) & set(profile.weights)
    if not said:
        return False
    weights = {term: profile.weights[term] for term in said}
    own, around = covered(weights, other.unit.shown, other.unit.context)
    rarest = max(weights.values())
    there = set(analyse(f"{other.unit.shown} {other.unit.context}"))
    return own + around >= ASKED and any(term in there for term, weight in weights.items() if weight == rarest)


def _alike(one: Ranked, other: Ranked, closeness: Closeness | None) -> float:
    if closeness is not None:
        try:
            return closeness(one.unit.shown, other.unit.shown)
        except SearchUnavailable:
            pass
    return shared_terms(one.unit.shown, other.unit.shown) / (2 * SHARED_TERMS) * SAME_CLAIM


def shared_terms(one: str, other: str) -> float:
    """Share of the shorter sentence's terms, figures apart, that both have."""
    mine, theirs = ({term for term in analyse(text) if not term[0].isdigit()} for text in (one, other))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def _other_subject(profile: Profile, one: Ranked, other: Ranked) -> bool:
    """Whether the two speak of different things of one kind: other names, another year, another row of a table."""
    asked = set(analyse(profile.question))
    mine, theirs = (_named(item) for item in (one, other))
    if mine - theirs and theirs - mine:
        return True
    if any(_row_of_others(item, asked) for item in (one, other)):
        return True
    years = [set(_YEAR.findall(item.unit.shown)) for item in (one, other)]
    return all(years) and not years[0] & years[1]


def _named(item: Ranked) -> set[str]:
    return {term for name in names(f"about {item.unit.shown}") for term in analyse(name)}


def _row_of_others(item: Ranked, asked: set[str]) -> bool:
    """A table row whose first cell in words names nothing that was asked for."""
    if item.unit.kind != "row":
        return False
    label = item.unit.shown.split(";")[0].partition(":")[2] or item.unit.shown
    terms = {term for term in analyse(label) if not term[0].isdigit()}
    return not terms or not terms & asked


def figures_differ(expects: str, one: str, other: str) -> bool:
    """Whether both give figures of one unit and none of them is the same.

    ``expects`` is the kind of thing asked for (see ``questions.expected``): money and durations are compared with their
    like alone, bare counts only where a number was asked for.
    """
    mine, theirs = _figures(expects, one), _figures(expects, other)
    units = {unit for unit, _ in mine} & {unit for unit, _ in theirs}
    if not units or mine & theirs:
        return False
    return all(
        {value for u, value in mine if u == unit}.isdisjoint(value for u, value in theirs if u == unit)
        for unit in units
    )


def _figures(expects: str, text: str) -> set[tuple[str, str]]:
    """(what is measured, value): durations are one kind with their unit in the value, since days and weeks compare."""
    found: set[tuple[str, str]] = set()
    for figure in _comparable(expects, text):
        lasting = figure.unit in _TIME
        found.add(("time", f"{figure.value} {figure.unit}") if lasting else (figure.unit, str(figure.value)))
    return found


def _comparable(expects: str, text: str) -> list[Quantity]:
    found = [figure for figure in quantities(_CLOCK.sub(" ", text)) if figure.unit or expects == "number"]
    wanted = {"money": _MONEY, "duration": _TIME}.get(expects)
    return found if wanted is None else [figure for figure in found if figure.unit in wanted]


def _figures_said(expects: str, text: str) -> str:
    written = [figure.written for figure in _comparable(expects, text)]
    return ", ".join(dict.fromkeys(word.strip(" -") for word in written[:MOST_SIDES]))


def _dates_said(text: str) -> str:
    clocks = [match.group() for match in _CLOCK.finditer(text)]
    days = [day.written for day in dates(text)]
    ordinals = [match.group() for match in _ORDINAL.finditer(text)]
    return " – ".join(clocks[:2]) or ", ".join((days or ordinals)[:MOST_SIDES])


def dates_differ(expects: str, one: str, other: str) -> bool:
    """Whether both give dates or times of day, and none agrees, where a time was asked for or nothing particular."""
    if expects not in {"date", "", "duration"}:
        return False
    clocks = [{(int(h), m) for h, m in _CLOCK.findall(text)} for text in (one, other)]
    if all(clocks):
        return clocks[0] != clocks[1]
    days = [dates(text) for text in (one, other)]
    if not all(days):
        ordinals = [{word.lower() for word in _ORDINAL.findall(text)} for text in (one, other)]
        return all(ordinals) and not ordinals[0] & ordinals[1]
    return not any(mine.agrees(theirs) for mine in days[0] for theirs in days[1])

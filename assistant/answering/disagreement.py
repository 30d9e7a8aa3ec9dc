"""Where documents disagree about what was asked: two sentences of different documents that speak of the same matter and
whose comparable facts differ. Pure.

It is computed over what the answer was made from, which is what the asker may see, and over nothing else.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.answering.grounding import opposed
from assistant.claims.counted import MONEY
from assistant.selection.choosing import Material
from assistant.selection.facts import dates, names
from assistant.selection.measures import LASTING, Amount, amounts, clocks, clocks_written
from assistant.selection.questions import Profile, covered
from assistant.selection.ranking import Ranked
from knowledge.errors import SearchUnavailable
from knowledge.lexical import analyse

Closeness = Callable[[str, str], float]
Place = tuple[int, int, int]  # passage, and characters of its text

MOST = 2  # disagreements told with one answer
MOST_SIDES = 4
NEAR = 0.7  # of the best score: how near a sentence must come to answer the same question
SAME_MATTER = 0.5  # cosine of two sentences about the same matter
SAME_CLAIM = 0.72  # and of two that say the same but for a denial
SHARED_TERMS = 0.34  # of the shorter sentence's terms
ASKED = 0.6  # of what the one says of the question's terms: how much of it the other must say too
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?=\s+(?:\w+\s+){0,2}(?:day|week|month|year))",
    re.IGNORECASE,
)


_ROLES = {
    "every": "recurring", "each": "recurring", "within": "limit", "last": "past", "past": "past", "ago": "past",
    "next": "coming", "before": "before", "ahead": "before", "prior": "before", "advance": "before",
    "earlier": "before", "after": "after", "from": "after", "following": "after", "later": "after",
}  # fmt: skip
_ROLE_AHEAD = re.compile(
    r"\b(every|each|within|last|past|next)\s+(?:(?:at|about|least|most|up|to)\s+)*$", re.IGNORECASE
)
_ROLE_BEHIND = re.compile(
    r"^\w*\s+(?:\w+\s+)?(?:in\s+)?(before|ahead|prior|advance|earlier|after|from|following|later|ago)\b", re.IGNORECASE
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
    told: list[frozenset[uuid.UUID]] = []
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
        if kinds and len(found) < MOST and all(len(documents & before) < 2 for before in told):
            told.append(documents)
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
    mine, theirs = _cells_shared(one, other), _cells_shared(other, one)
    if figures_differ(profile.expects, mine, theirs) and alike >= SAME_MATTER:
        return "figures"
    if dates_differ(profile.expects, mine, theirs) and alike >= SAME_MATTER:
        return "dates"
    same_words = shared_terms(one.unit.shown, other.unit.shown) >= 2 * SHARED_TERMS
    if alike >= SAME_CLAIM and same_words and opposed(one.unit.shown, other.unit.shown):
        return "denial"
    return ""


def _asked(profile: Profile, one: Ranked, other: Ranked) -> bool:
    """Whether two sentences speak of the same part of the question: each of most of what the other says of it, and the
    second of the first one's rarest words."""
    weights = _said_of(profile, one)
    rarest = {term for term, weight in weights.items() if weight == max(weights.values())}
    there = set(analyse(f"{other.unit.shown} {other.unit.context}"))
    return bool(rarest) and rarest <= there and _shares(weights, other) and _shares(_said_of(profile, other), one)


def _said_of(profile: Profile, item: Ranked) -> dict[str, float]:
    said = set(analyse(item.unit.shown))
    return {term: weight for term, weight in profile.weights.items() if term in said}


def _shares(weights: Mapping[str, float], item: Ranked) -> bool:
    own, around = covered(weights, item.unit.shown, item.unit.context)
    return own + around >= ASKED


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
    return {term for name in names(item.unit.shown) for term in analyse(name)}


def _row_of_others(item: Ranked, asked: set[str]) -> bool:
    """A table row whose first cell in words names nothing that was asked for."""
    if item.unit.kind != "row":
        return False
    label = item.unit.shown.split(";")[0].partition(":")[2] or item.unit.shown
    terms = {term for term in analyse(label) if not term[0].isdigit()}
    return not terms or not terms & asked


def _cells_shared(item: Ranked, other: Ranked) -> str:
    """The words of a sentence; of a table row the cells whose column the other one speaks of."""
    if item.unit.kind != "row":
        return item.unit.shown
    there = set(analyse(other.unit.shown))
    cells = item.unit.shown.split("; ")
    return "; ".join(cell for cell in cells if set(analyse(cell.partition(":")[0])) & there)


def figures_differ(expects: str, one: str, other: str) -> bool:
    """Whether both give figures of one kind and none of them is the same.

    ``expects`` is the kind of thing asked for (see ``questions.expected``): money and durations are compared with their
    like alone, bare counts only where a number was asked for.
    """
    mine, theirs = _figures(expects, one), _figures(expects, other)
    return bool({kind for kind, _ in mine} & {kind for kind, _ in theirs}) and not mine & theirs


def _figures(expects: str, text: str) -> set[tuple[str, tuple[str, Decimal]]]:
    """(what is measured, how much): durations of one role are one kind, so that days and months compare, while "every
    six months" and "within six months" do not."""
    found: set[tuple[str, tuple[str, Decimal]]] = set()
    for figure in _comparable(expects, text):
        kind = f"lasting {_role(figure, text)}" if figure.kind in LASTING else figure.kind
        found |= {(kind, reading) for reading in figure.readings}
    return found


def _role(figure: Amount, text: str) -> str:
    """Whether a duration comes round, is a limit, or lies before or after something; "" when it merely lasts."""
    before, _, after = text.partition(figure.written)
    ahead, behind = _ROLE_AHEAD.search(before), _ROLE_BEHIND.match(after)
    word = ahead[1] if ahead else behind[1] if behind else ""
    return _ROLES.get(word.lower(), "")


def _comparable(expects: str, text: str) -> list[Amount]:
    found = [figure for figure in amounts(text) if figure.kind or expects == "number"]
    wanted = {"money": MONEY, "duration": LASTING}.get(expects)
    return found if wanted is None else [figure for figure in found if figure.kind in wanted]


def _figures_said(expects: str, text: str) -> str:
    written = [figure.written for figure in _comparable(expects, text)]
    return ", ".join(dict.fromkeys(word.strip(" -") for word in written[:MOST_SIDES]))


def _dates_said(text: str) -> str:
    times = clocks_written(text)
    days = [day.written for day in dates(text)]
    ordinals = [match.group() for match in _ORDINAL.finditer(text)]
    return " – ".join(times[:2]) or ", ".join((days or ordinals)[:MOST_SIDES])


def dates_differ(expects: str, one: str, other: str) -> bool:
    """Whether both give dates or times of day, and none agrees, where a time was asked for or nothing particular."""
    if expects not in {"date", "", "duration"}:
        return False
    times = [clocks(text) for text in (one, other)]
    if all(times):
        return times[0] != times[1]
    days = [dates(text) for text in (one, other)]
    if not all(days):
        ordinals = [{word.lower() for word in _ORDINAL.findall(text)} for text in (one, other)]
        return all(ordinals) and not ordinals[0] & ordinals[1]
    return not any(mine.agrees(theirs) for mine in days[0] for theirs in days[1])

"""What a question asks for: its weighted terms, its parts, and the kind of thing that would answer it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.selection.facts import dates, names, quantities
from assistant.selection.measures import Day, dated
from knowledge.lexical import analyse

_MONEY = {"eur", "usd", "gbp"}
_TIME = {"second", "minute", "hour", "day", "week", "month", "year", "night"}
_KINDS = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        ("duration", r"how (?:long|soon|often|many (?:days|weeks|months|years|hours|minutes|nights))"),
        ("money", r"how much (?:money|does|do|is|are|can|may|will)|price|costs?|fee|rate|salary|budget"),
        ("number", r"how (?:much|many|far|high|large|big|fast|heavy|deep|wide|old)|what (?:percentage|share|number)"),
        ("number", r"limit|maximum|minimum|threshold|extension|phone number"),
        ("date", r"when|what (?:date|day|time|year|month)|which (?:date|day|year|month)|deadline|since when|by when"),
        ("person", r"who|whom|whose|which person"),
    )
)
_YES_NO = re.compile(
    r"^\W*(?:so |and |but )?(?:is|are|was|were|do|does|did|can|could|may|might|must|should|will|would|has|have|am)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:am|pm)\b", re.IGNORECASE)
_SPLIT = re.compile(
    r"\?\s+|;\s+|,?\s+and\s+(?=(?:also\s+)?(?:what|when|who|whom|how|where|which|why|is|are|do|does|can|may|must|should|will)\b)",
    re.I,
)
_RULE_WORDS = re.compile(
    r"\b(?:must|may|can|cannot|not|no|only|allowed|permitted|forbidden|required|need|needs|always|never|entitled)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:in|for|during|if|when|where|on|at|above|below|outside|within|with|without|after|before|from|until|under)\b"
    r".{3,80}?(?:,|\b(?:the|a|an|it|is|are|we|you|they|employees)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A date, at least its day and month, and the terms it is written in."""

    day: Day
    terms: frozenset[str]

    def is_given_by(self, other: Named) -> bool:
        """Whether the other is this date; it may name a year where this one does not."""
        return self.day[1:] == other.day[1:] and self.day[0] in {0, other.day[0]}


@dataclass(frozen=True, slots=True)
class Profile:
    """``weights`` maps the question's analysed terms to what they weigh; ``expects`` is "" when anything may answer;
    ``days`` are the dates it names, which a document may write in another way."""

    question: str
    weights: Mapping[str, float]
    expects: str
    parts: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    days: tuple[Named, ...] = ()


def profile(question: str, term_weights: Mapping[str, float], asked: str = "") -> Profile:
    """``question`` as it was searched (follow-ups resolved); ``asked`` the words of the asker, for its kind and parts.

    ``term_weights`` are inverse document frequencies inside what the asker may see.
    """
    typed = asked or question
    parts = parts_of(typed)
    terms = dict.fromkeys(analyse(question))
    heaviest = max(term_weights.values(), default=1.0)
    weights = {term: max(term_weights.get(term, heaviest), 0.05) for term in terms}
    return Profile(
        question=question,
        weights=weights,
        expects=expected(typed),
        parts=parts,
        names=tuple(names(f"about {question}")),
        numbers=tuple(re.findall(r"\d+", question)),
        days=named_days(question),
    )


def parts_of(question: str) -> tuple[str, ...]:
    """The questions inside a question that asks several things; empty for one that asks one thing."""
    parts = tuple(part.strip(" ?") for part in _SPLIT.split(question) if len(analyse(part)) >= 2)
    return parts if len(parts) > 1 else ()


def expected(question: str) -> str:
    """The kind of thing that answers: duration, money, number, date, person, yes_no or ""."""
    for kind, pattern in _KINDS:
        if pattern.search(question):
            return kind
    return "yes_no" if _YES_NO.match(question) else ""


def fits(expects: str, text: str) -> float:
    """How far a text holds the kind of thing asked for: 1 it does, 0 it does not, .5 when nothing particular is."""
    if not expects:
        return 0.5
    if expects == "yes_no":
        return 1.0 if _RULE_WORDS.search(text) else 0.4
    if expects == "person":
        return 1.0 if names(f"about {text}") else 0.2
    if expects == "date":
        return 1.0 if dates(text) or _CLOCK.search(text) else 0.3 * bool(re.search(r"\d", text))
    units = {quantity.unit for quantity in quantities(text)}
    if expects == "money":
        return 1.0 if units & _MONEY else 0.5 * bool(units)
    if expects == "duration":
        return 1.0 if units & _TIME else 0.4 * bool(units)
    return 1.0 if units else 0.0


def named_days(text: str) -> tuple[Named, ...]:
    return tuple(Named(day, frozenset(analyse(written))) for day, written in dated(text) if all(day[1:]))


def covered(
    weights: Mapping[str, float], text: str, around: str = "", days: Sequence[Named] = ()
) -> tuple[float, float]:
    """Weighted share of the question's terms in a text, and the share that only its surroundings add. The terms of one
    of ``days`` are in a text that gives the same date, however it is written there."""
    total = sum(weights.values())
    if not total:
        return 0.0, 0.0
    own, near = _terms(text, days), _terms(around, days)
    inside = sum(weight for term, weight in weights.items() if term in own)
    outside = sum(weight for term, weight in weights.items() if term in near and term not in own)
    return inside / total, outside / total


def _terms(text: str, days: Sequence[Named]) -> set[str]:
    there = named_days(text) if days else ()
    given = (asked.terms for asked in days if any(map(asked.is_given_by, there)))
    return set(analyse(text)).union(*given)


def unasked(profile: Profile, text: str) -> float:
    """Share of the condition a sentence opens with ("In capital cities …") of which the question says nothing."""
    condition = _CONDITION.match(text)
    terms = set(analyse(condition.group())) if condition else set()
    return len(terms - set(profile.weights)) / len(terms) if terms else 0.0

"""The short answer inside the best quote, for a question that asks for a number, a sum, a time, a date or a person. Pure.

What is given is always part of what is quoted, with the words that limit it ("up to", "at least", "per person"). When
two things would fit about as well nothing is given: the quote itself says more than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.facts import dates, names, quantities, without_dates
from assistant.selection.questions import Profile
from assistant.selection.ranking import Ranked
from knowledge.lexical import analyse

LONGEST_ROW_PART = 120  # characters
CLEARLY = 3  # words by which the chosen thing stands nearer to the question's words than any other
_MONEY = {"eur", "usd", "gbp"}
_TIME = {"second", "minute", "hour", "day", "week", "month", "year", "night"}
_BEFORE = re.compile(
    r"(?:\b(?:up to|at (?:least|most)|(?:no |not )?(?:more|less|fewer|later|earlier) than|about|around|roughly|nearly"
    r"|almost|only|within|over|under|above|below|between|from|until|by|since|after|before|on|every|minimum of"
    r"|maximum of)\s+(?:the\s+)?)+$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:to|and|or|–|-|until)\s*", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:a|an|per|each|every)\s+\w+|\s+(?:at the (?:latest|earliest)|or (?:more|less|fewer)|before|after|in advance)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many\s+((?:[\w-]+\s+){0,2}?[\w-]+)\s+(?:is|are|was|were|do|does|did|can|may|must|will|have|has)\b", re.I)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Thing:
    start: int
    end: int
    distance: float


def short_answer(profile: Profile, item: Ranked) -> str:
    """Part of ``item.unit.shown``; "" when there is none that is clear."""
    shown = item.unit.shown
    if item.unit.kind == "row":
        return _cell(profile, shown)
    if item.unit.kind != "sentence" or profile.expects in ("", "yes_no"):
        return ""
    things = sorted(_things(profile, shown), key=lambda thing: thing.distance)
    if not things or (len(things) > 1 and things[1].distance - things[0].distance < CLEARLY):
        return ""
    return _with_limits(shown, things[0].start, things[0].end)


def _things(profile: Profile, shown: str) -> Iterator[_Thing]:
    """What fits the question, without what the question says itself, two that form a range as one."""
    asked = set(profile.weights)
    matched = [m.start() for m in _WORD.finditer(shown) if set(analyse(m.group())) & asked]
    if not matched:
        return
    spans = sorted(span for span in _fitting(profile, shown) if not set(analyse(shown[span[0] : span[1]])) <= asked)
    for start, end in _ranges(shown, spans):
        gap = min(len(_WORD.findall(shown[min(at, start) : max(at, start)])) for at in matched)
        yield _Thing(start, end, gap)


def _fitting(profile: Profile, shown: str) -> Iterator[tuple[int, int]]:
    kind = profile.expects
    if kind == "person":
        yield from _places(shown, names(f"about {shown}"))
    elif kind == "date":
        yield from _places(shown, [day.written for day in dates(shown)])
    else:
        counted = _COUNTED.search(profile.question)
        for quantity in quantities(without_dates(shown)):
            wanted = {"money": _MONEY, "duration": _TIME}.get(kind)
            if wanted is None or quantity.unit in wanted:
                for start, end in _places(shown, [quantity.written]):
                    behind = " ".join(_WORD.findall(shown[end:])[:3])
                    if not counted or quantity.unit or set(analyse(counted[1])) & set(analyse(behind)):
                        yield start, end


def _places(text: str, written: Sequence[str]) -> Iterator[tuple[int, int]]:
    for words in dict.fromkeys(written):
        for match in re.finditer(rf"(?<!\w){re.escape(words.strip())}(?!\w)", text):
            yield match.span()


def _ranges(shown: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (start < joined[-1][1] or _JOINED.fullmatch(shown[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _with_limits(shown: str, start: int, end: int) -> str:
    before = _BEFORE.search(shown[:start])
    behind = _BEHIND.match(shown[end:])
    return shown[before.start() if before else start : end + (behind.end() if behind else 0)].strip()


def _cell(profile: Profile, shown: str) -> str:
    """"Header: value" of the one column that the question names."""
    asked = set(profile.weights)
    parts = [part for part in shown.split("; ") if ": " in part]
    rated = []
    for part in parts:
        header, _, value = part.partition(": ")
        named = set(analyse(header)) & asked
        if value.strip() and not set(analyse(value)) <= asked:
            rated.append((sum(profile.weights[term] for term in named), part))
    rated.sort(key=lambda pair: -pair[0])
    if not rated or not rated[0][0] or (len(rated) > 1 and rated[1][0] >= rated[0][0]):
        return ""
    return rated[0][1] if len(rated[0][1]) <= LONGEST_ROW_PART and len(parts) > 1 else ""

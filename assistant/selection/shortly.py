"""The short answer inside the best quote, for a question that asks for a number, a sum, a time or a date. Pure.

What is given is always part of what is quoted, with the words that limit it ("up to", "at least", "per person"). It is
given only where one thing alone can be meant: the quote itself says more than a guess. Of a sentence that denies or
excepts nothing is given, because its figure alone may say the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims.lexicon import DENYING
from assistant.claims.reading import language_of_words, read
from assistant.selection.facts import dates, quantities, without_dates
from assistant.selection.questions import Profile, expected, named_days
from assistant.selection.ranking import Ranked
from knowledge.lexical import analyse

OPENING = 4  # words
LONGEST_ROW_PART = 120  # characters
_KINDS = frozenset({"number", "money", "duration", "date"})
_UNITS = {
    "money": {"eur", "usd", "gbp"},
    "duration": {"second", "minute", "hour", "day", "week", "month", "year", "night"},
}
_OTHERS = re.compile(r"\W*(?:who|whom|whose|why|where)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SCALE = re.compile(r"\s*(?:thousand|million|billion|bn|dozen)\b", re.IGNORECASE)
# Words of one language that deny are looked for in all of them: a sentence may be too short to tell its language.
_DENIALS = frozenset().union(*DENYING.values())
_EXCEPTS = re.compile(r"\b(?:any ?more|any longer|other than|apart from|rather than|instead of)\b", re.IGNORECASE)
_PARTICLE = r"(?:over|under|above|below|on)"
_LIMIT = (
    r"(?:up to|at (?:least|most)|(?:no |not )?(?:more|less|fewer|later|earlier) than|minimum of|maximum of|within"
    r"|between|from|until|by|since|after|before|every)"
)
_BEFORE = re.compile(
    rf"(?:\b(?:{_LIMIT}|about|around|roughly|nearly|almost|only|{_PARTICLE}(?!\s+(?:{_LIMIT}|{_PARTICLE})\b))"
    r"\s+(?:the\s+)?)+$",
    re.IGNORECASE,
)
# "Carry over 5 days", "adds up to 50": the particle is the verb's.
_VERB_WITH = re.compile(
    r"\b(?:carr(?:y|ies|ied|ying)|roll(?:s|ed|ing)?|hand(?:s|ed|ing)?|turn(?:s|ed|ing)?|pass(?:es|ed|ing)?"
    r"|sign(?:s|ed|ing)?|tak(?:e|es|en|ing)|took|bring(?:s|ing)?|brought|add(?:s|ed|ing)?)\s+(?:it\s+|them\s+)?"
    r"(?:over|on|up to)\s+$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:to|and|or|–|-|until)\s*", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:a|an|per|each|every)\s+\w+"
    r"|\s+(?:at the (?:latest|earliest)|or (?:more|less|fewer)|before|after|in advance)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow many\s+((?:[\w-]+\s+){0,2}?[\w-]+)\s+"
    r"(?:is|are|was|were|do|does|did|can|may|must|will|have|has|per|in|of|for|to)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
Span = tuple[int, int]


def short_answer(profile: Profile, item: Ranked) -> str:
    """Part of ``item.unit.shown``; "" when there is none that is clear."""
    shown = item.unit.shown
    if item.unit.kind == "row":
        return _cell(profile, shown)
    if item.unit.kind != "sentence" or profile.expects not in _KINDS or not _asked_first(profile) or _denies(shown):
        return ""
    fitting = _dates(shown) if profile.expects == "date" else _amounts(profile, shown)
    things = [span for span in fitting if not _is_asked(profile, shown[slice(*span)])]
    return _with_limits(shown, *things[0]) if len(things) == 1 else ""


def _asked_first(profile: Profile) -> bool:
    """Whether the question asks for that thing, rather than saying it of something else further on."""
    if _OTHERS.match(profile.question):
        return False
    opening = " ".join(profile.question.split()[:OPENING])
    return profile.expects != "date" or expected(opening) == "date"


def _is_asked(profile: Profile, words: str) -> bool:
    """Whether the question itself says this much, in whatever way it writes its dates."""
    known = [day.terms for day in named_days(words) if any(asked.is_given_by(day) for asked in profile.days)]
    return set(analyse(words)).difference(*known) <= set(profile.weights)


def _denies(shown: str) -> bool:
    """Whether anything is denied or excepted in it; "no more than" is a limit and denies nothing."""
    words = [token.written.lower() for token in read(shown, language_of_words(shown)).tokens]
    return bool(_EXCEPTS.search(shown)) or any(word in _DENIALS or word.endswith("n't") for word in words)


def _dates(shown: str) -> list[Span]:
    """Dates and years, "from … to …" as one."""
    written = [day.written.rstrip(".") for day in dates(shown)]
    return _ranges(shown, sorted({*_places(shown, written), *(match.span() for match in _YEAR.finditer(shown))}))


def _amounts(profile: Profile, shown: str) -> Iterator[Span]:
    """Figures of the kind asked for; where things are counted, with their name behind them."""
    units: dict[Span, str] = {}
    for quantity in quantities(without_dates(shown)):
        for start, end in _places(shown, [quantity.written]):
            scale = _SCALE.match(shown[end:])
            units[start, end + (scale.end() if scale else 0)] = quantity.unit
    counted = _COUNTED.search(profile.question)
    for start, end in _ranges(shown, sorted(units)):
        inside = {unit for (at, _), unit in units.items() if start <= at < end}
        named = counted and set(analyse(counted[1])) & set(analyse(" ".join(_WORD.findall(shown[end:])[:3])))
        if profile.expects in _UNITS:
            fits = bool(inside & _UNITS[profile.expects])
        else:
            fits = bool(named) if counted else inside != {""} or not _YEAR.fullmatch(shown[start:end])
        if fits:
            yield start, end


def _places(text: str, written: Sequence[str]) -> Iterator[Span]:
    for words in dict.fromkeys(written):
        for match in re.finditer(rf"(?<!\w){re.escape(words.strip())}(?!\w)", text):
            yield match.span()


def _ranges(shown: str, spans: Sequence[Span]) -> list[Span]:
    """Spans that touch or are joined by "to", "and", "or" as one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and (start < joined[-1][1] or _JOINED.fullmatch(shown[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _with_limits(shown: str, start: int, end: int) -> str:
    verb = _VERB_WITH.search(shown[:start])
    before = _BEFORE.search(shown[verb.end() : start] if verb else shown[:start])
    behind = _BEHIND.match(shown[end:])
    begin = start - len(before.group()) if before else start
    return shown[begin : end + (behind.end() if behind else 0)].strip()


def _cell(profile: Profile, shown: str) -> str:
    """ "Header: value" of the one column that the question names."""
    asked = set(profile.weights)
    parts = [part for part in shown.split("; ") if ": " in part]
    rated = []
    for part in parts:
        header, _, value = part.partition(": ")
        named = set(analyse(header)) & asked
        if value.strip() and not _is_asked(profile, value):
            rated.append((sum(profile.weights[term] for term in named), part))
    rated.sort(key=lambda pair: -pair[0])
    if not rated or not rated[0][0] or (len(rated) > 1 and rated[1][0] >= rated[0][0]):
        return ""
    return rated[0][1] if len(rated[0][1]) <= LONGEST_ROW_PART and len(parts) > 1 else ""

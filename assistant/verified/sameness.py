"""Whether a question asks the same as one that was answered. Pure but for the closeness, which is handed in.

Being close in meaning is not enough: "2024" for "2025", "interns" for "employees" and "not" are as close as another
wording. So everything that tells questions apart must agree first: figures and codes, dates, names, denials,
opposites, what kind of thing is wanted, and every thing that is named. What the asked question names besides may stand
in the words that answer. Only then does closeness decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.claims.lexicon import DENYING, DOWNWARD, OPPOSITES, UPWARD
from assistant.claims.reading import CLOCK, DATE, NUMBER, ORDINAL, PERIOD, WEEKDAY, Reading, language_of_words, read
from assistant.verified.wording import (
    LONG,
    STRICT,
    concepts,
    counted,
    focus,
    frames,
    heads,
    light_words,
    repeats,
    same_thing,
    spends,
)
from knowledge.lexical import analyse, words

CLOSE = 0.6  # cosine of the two questions; fitted on the tuning half, see ``manage.py measure_verified``
_DROPPED, _OF_CODES = 0.26, 0.7  # share of what the answered question names that the asked one may leave out
_ONE = 1
_GIVING = (
    frozenset({"give", "offer", "send", "sell"}),
    frozenset({"accept", "receive", "get", "take", "buy", "bought"}),
)
_OTHER_TIME = re.compile(
    r"\b(?:(?P<past>last|previous|past)|(?P<next>next|coming|following)) (?:year|quarter|month|week|day|night)s?\b|"
    r"(?P<before>\byear before\b)", re.IGNORECASE,
)
_WITHOUT = frozenset({"without", "except", "besides"})
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]+\b|(?<=[a-z] )[A-HJ-Z]\b")
_RATE = re.compile(
    r"\b(?:per|each|every|an?) (?P<unit>hour|day|week|month|quarter|year)\b|"
    r"\b(?P<ly>month(?=ly)|year(?=ly)|annual(?=ly|\b))(?:ly)?\b"
)
_I_PAY = re.compile(r"\b(?:i|we|employees?)\b (?:\w+ ){0,3}(?:pay|contribute)\b", re.IGNORECASE)
_IT_PAYS = re.compile(r"\b(?:company|employer|firm)\b (?:\w+ ){0,2}(?:pays?|contributes?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A question that was answered, and the words that answer it (sentences and quotes)."""

    question: str
    answer: str


def differs(asked: str, known: Known) -> str:
    """What tells two questions apart: figures, dates, names, denial, opposites, focus, things, or "" for nothing."""
    if words(asked) == words(known.question):
        return ""
    language = language_of_words(f"{asked} {known.question}")
    mine, theirs = read(asked, language), read(known.question, language)
    said = read(known.answer, language)
    if _figures(mine) != _figures(theirs) or _codes(asked) != _codes(known.question):
        return "figures"
    if (rates := _rates(asked)) and (others := _rates(known.question)) and rates != others:
        return "figures"
    if {t.day for t in mine.tokens if t.kind == DATE} != {t.day for t in theirs.tokens if t.kind == DATE}:
        return "dates"
    if _strange(_names(mine), theirs.keys | said.keys) or _strange(_names(theirs), mine.keys):
        return "names"
    if _denials(mine, said) != _denials(theirs, said):
        return "denial"
    if _opposed(asked, known.question) or _other_time(asked) != _other_time(known.question):
        return "opposites"
    if not _same_focus(asked, known.question):
        return "focus"
    return "" if _same_things(asked, known) else "things"


def _figures(reading: Reading) -> set[tuple[frozenset[object], str]]:
    """Figures with their units, times of day, days of the week and how often; "one" and "a" are none."""
    kinds = {NUMBER, ORDINAL, CLOCK, WEEKDAY, PERIOD}
    found = (t for t in reading.tokens if t.kind in kinds and (set(t.values) != {_ONE} or t.kind in {CLOCK, WEEKDAY}))
    return {(frozenset(t.values), t.unit if t.kind == NUMBER else t.kind + t.unit) for t in found}


def _codes(text: str) -> set[str]:
    return {code.casefold() for code in _CODE.findall(text)}


def _rates(text: str) -> set[str]:
    """By what time something is counted: "month" of "per month" and of "monthly"."""
    found = {match["unit"] or match["ly"] for match in _RATE.finditer(text.lower())}
    return {"year" if unit == "annual" else unit for unit in found}


def _names(reading: Reading) -> set[str]:
    """Words that are written like names inside a sentence."""
    written = (t for t in reading.tokens if t.capital and not t.leads and not t.common and len(t.written) > 1)
    return {t.key for t in written} - light_words()


def _strange(names: set[str], known: frozenset[str]) -> bool:
    """Whether one of these names is not known, also not in another form ("European")."""
    return any(not any(same_thing(name, one) for one in known) for name in names)


def _denials(reading: Reading, said: Reading) -> set[str]:
    """What is denied: the word behind each denying word, but for what the answer denies as well."""
    denying = DENYING.get(reading.language, DENYING["en"]) | _WITHOUT
    found = {
        next((t.key for t in reading.tokens[n + 1 :] if not t.common and t.written.lower() not in denying), "")
        for n, token in enumerate(reading.tokens)
        if token.written.lower() in denying or token.written.lower().endswith("n't")
    }
    return {key for key in found if key not in said.keys} if reading is not said else found


def _opposed(asked: str, known: str) -> bool:
    mine, theirs = set(words(asked)), set(words(known))
    for give, take in (_GIVING, _GIVING[::-1]):
        if mine & give and not mine & take and theirs & take and not theirs & give:
            return True
    for word in mine - theirs:
        if (OPPOSITES.get(word, frozenset()) & (theirs - mine)) or (
            (word in UPWARD and DOWNWARD & (theirs - mine)) or (word in DOWNWARD and UPWARD & (theirs - mine))
        ):
            return True
    return False


def _other_time(question: str) -> frozenset[str]:
    """Another time than the present one that is spoken of."""
    return frozenset("next" if match["next"] else "past" for match in _OTHER_TIME.finditer(question))


def _same_focus(asked: str, known: str) -> bool:
    mine, theirs = focus(asked), focus(known)
    if bool(_I_PAY.search(asked)) != bool(_I_PAY.search(known)) and (_IT_PAYS.search(asked) or _IT_PAYS.search(known)):
        return False
    if STRICT & (mine | theirs):
        return mine == theirs
    return bool(mine & theirs) or not mine or not theirs


def _same_things(asked: str, known: Known) -> bool:
    """Everything the asked question names is named by the other or by its answer, and little is left out."""
    mine, theirs = concepts(asked), concepts(known.question)
    answer = frozenset(analyse(known.answer))
    new = {one for one in mine if not any(same_thing(one, other) for other in theirs)}
    added = {one for one in new if not repeats(one, known.question)}
    left = {one for one in theirs if not any(same_thing(one, other) for other in mine) and not frames(one)}
    if added - answer or (left and (added or any(map(spends, new)))) or left & heads(known.question):
        return False
    if not _same_count(asked, known.question) or any(
        not any(same_thing(one, other) for other in theirs | answer) for one in heads(asked)
    ):
        return False
    if left and focus(asked) and not focus(known.question) & focus(asked):
        return False  # another thing may be wanted of what is named
    return bool(mine) and len(left) <= (_OF_CODES if _codes(asked) else _DROPPED) * len(theirs)


def _same_count(asked: str, known: str) -> bool:
    """Things are not counted where time is, nor other things than those."""
    mine, theirs = counted(asked), counted(known)
    if mine and LONG in focus(known):
        return False
    return not mine or not theirs or same_thing(mine, theirs)

"""When a question leaves open what it is about: what is asked back, and the readings that are offered. Pure.

What is asked back follows from the words of the question, of the conversation, and of passages that the asker may see;
a hidden document neither adds a reading nor takes one away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.disagreement import dates_differ, figures_differ, shared_terms
from assistant.selection.choosing import Material
from assistant.selection.facts import names
from assistant.selection.ranking import Ranked
from knowledge.followups import Exchange
from knowledge.lexical import analyse

EMPTY, POINTING, SPLIT = "empty", "pointing", "split"
MOST = 5
FEWEST = 2
AS_NEAR = 0.92  # of the best score: sentences that answer one reading each
SAME_CLAIM = 0.6  # cosine of two sentences that say the same of different things
NEAR = 0.75  # of the best score: documents offered for a thing that was only pointed at
HALF = 0.5
_LONGEST = 80  # characters of a label
# Words that ask for a measure or a kind and name nothing.
_MEASURES = frozenset(
    analyse("long much many often far old high big large soon early late fast deep wide time else kind")
)
_POINTED = re.compile(
    r"\b(?P<word>this|these|those|(?<=of )that|(?<=in )that|(?<=for )that|(?<=to )that|(?<=about )that"
    r"|(?<=by )that|(?<=from )that|(?<=with )that|(?<=on )that)\s+(?P<thing>(?:[\w’'-]+\s+){0,2}?[\w’'-]+)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    "hello|hi|hey|thanks|thank|thx|cheers|bye|goodbye|ok|okay|great|perfect|super|morning|afternoon|evening"
    "|hallo|moin|servus|danke?|guten|wiedersehen|tschüss|prima|hola|gracias|buen[oa]s|adi[oó]s|vale|bonjour|salut|merci"
    "|revoir|привет|добрый|спасибо|пока"
)
_AROUND = re.compile(  # what is said with them
    "you|very|much|so|a|lot|many|good|well|nice|there|all|everyone|again|for|that|the|your|help|and|see|later|day"
    "|vielen|schön|tag|morgen|abend|auf|muchas|d[ií]as|hasta|luego|beaucoup|au|большое|день"
)
# "This year" and the like point at what everybody knows.
_WHOLE = re.compile(r"^(?:total|all|sum|overall|together|any|other)\b", re.IGNORECASE)
_KNOWN = re.compile(
    r"^(?:year|month|week|weekend|quarter|morning|afternoon|evening|time|moment|day|century|company|site|office|firm"
    r"|way|kind|sort|reason|question|is|are|was|were|who|which|that|can|could|must|should|may|will|do|does|be|mean|for"
    r"|from|in|on|at|to|with|and|or|help|work|happen\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the question; ``item`` is where it would be answered."""

    label: str
    question: str
    item: Ranked


@dataclass(frozen=True, slots=True)
class Pointer:
    """Words such as "this clinic", with nothing before them that they could mean."""

    word: str
    thing: str


def says_nothing(question: str, earlier: Sequence[Exchange]) -> bool:
    """Whether a question names nothing to look for, and nothing was said before that it could be about. A greeting or
    thanks asks nothing wherever it is said."""
    return is_courtesy(question) or (not earlier and not set(analyse(question)) - _MEASURES)


def is_courtesy(question: str) -> bool:
    """Whether nothing is said but a greeting, thanks, consent or farewell."""
    words = re.findall(r"[\w'’]+", question.casefold())
    meant = [word for word in words if not _AROUND.fullmatch(word)]
    return bool(meant) and all(map(_COURTESY.fullmatch, meant))


def pointer(question: str, earlier: Sequence[Exchange]) -> Pointer | None:
    """What a question points at although neither it nor the conversation has spoken of it."""
    said = set(analyse(" ".join(f"{exchange.question} {exchange.answer}" for exchange in earlier)))
    for match in _POINTED.finditer(question):
        before = set(analyse(question[: match.start()]))
        things = analyse(match["thing"])
        if re.search(r"[.!?;]\s", question[: match.start()]):
            return None  # the sentence before says what is meant
        if not things or _KNOWN.match(match["thing"]) or set(things) & (said | before):
            continue
        return Pointer(match["word"], match["thing"])
    return None


def pointed_readings(material: Material, found: Pointer, question: str) -> list[Reading]:
    """The documents that come nearest, each as what may have been meant."""
    plain = re.sub(rf"\b{found.word}\s+{re.escape(found.thing)}", f"the {found.thing}", question, count=1)
    readings: dict[object, Reading] = {}
    for item in material.ranked:
        if item.score >= NEAR * material.ranked[0].score and item.evidence.document_title:
            label = item.evidence.document_title[:_LONGEST]
            readings.setdefault(item.evidence.document_id, Reading(label, _fuller(plain, label), item))
    return list(readings.values())[:MOST]


def split(material: Material) -> list[Reading]:
    """The readings of a question whose best sentences say different things of different, unnamed things; else empty."""
    if not material.ranked or material.parts:
        return []
    near = [item for item in material.ranked if item.score >= AS_NEAR * material.ranked[0].score]
    labelled = _rows(material, near) if near[0].unit.kind == "row" else _named(material, near)
    readings = {label: Reading(label, _fuller(material.profile.question, label), item) for label, item in labelled}
    return list(readings.values())[:MOST] if len(readings) >= FEWEST else []


def _rows(material: Material, near: Sequence[Ranked]) -> list[tuple[str, Ranked]]:
    """Rows of one table by their first cell, when the question names none of them."""
    best = near[0]
    rows = [item for item in near if item.unit.kind == "row" and item.unit.context == best.unit.context]
    labels = [(_cell(item), item) for item in rows]
    asked = set(analyse(material.profile.question))
    if any(_WHOLE.match(label) for label, _ in labels):
        return []  # a row for all of them answers
    if any(not label or not analyse(label) or set(analyse(label)) & asked for label, _ in labels):
        return []
    return labels


def _cell(item: Ranked) -> str:
    column, _, value = item.unit.shown.split("; ")[0].partition(": ")
    return (value or column)[:_LONGEST]


def _named(material: Material, near: Sequence[Ranked]) -> list[tuple[str, Ranked]]:
    """Sentences that say other figures of another name, each with the name that sets it apart."""
    best, asked = near[0], set(analyse(material.profile.question))
    expects = material.profile.expects
    labels: list[tuple[str, Ranked]] = []
    for other in near[1:]:
        one, two = best.unit.shown, other.unit.shown
        differ = figures_differ(expects, one, two) or dates_differ(expects, one, two)
        mine, theirs = _apart(best, other, asked), _apart(other, best, asked)
        if differ and mine and theirs and other.likeness >= SAME_CLAIM:
            labels += [(mine, best)] if not labels else []
            labels.append((theirs, other))
    return labels


def _apart(item: Ranked, other: Ranked, asked: set[str]) -> str:
    """The first name in a sentence, its heading or title that neither the other nor the question has."""
    elsewhere = set(analyse(f"{other.unit.shown} {other.unit.context}")) | asked
    # Titles of one kind ("Office guide …") differ in what they are about; any others differ in what they are.
    alike = shared_terms(item.unit.leaf, other.unit.leaf) >= HALF
    for text in (item.unit.shown, item.unit.leaf if alike else ""):
        for name in names(text):
            if not set(analyse(name)) & elsewhere:
                return name[:_LONGEST]
    return ""


def _fuller(question: str, label: str) -> str:
    return f"{question.rstrip(' ?.')}, for {label}?"

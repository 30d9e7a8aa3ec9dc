"""A question inside a conversation, searched with what it refers to. Pure; no language model.

A question leans on the ones before it when it opens like a continuation, points with a pronoun, or names too little
to stand alone. Then the words of the latest question that stood alone are searched along with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.lexical import analyse

_OPENING = re.compile(
    r"^\s*(and|but|or|so|also|then|what about|how about|what if|same|why|why not|when|who|how much|how many|where"
    r"|which one|what else|anything else|is that|are those|does that|und|aber|et|y)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(and|but|or|also|what about|how about|what if|same|why not|which one|und|et|y)\b", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|there|one|ones|former|latter|same|such"
    r"|above|previous|instead|else)\b",
    re.IGNORECASE,
)
_ALONE = 3  # content terms that make a short question stand by itself
_MEASURES = frozenset(analyse("long much many often far since time"))  # ask, and name nothing


class Exchange(NamedTuple):
    """What was asked and what was said to it; ``answer`` is "" when nothing may be told of it."""

    question: str
    answer: str = ""


def leans_on_context(question: str) -> bool:
    """Whether a question says too little without the ones before it."""
    terms = len(set(analyse(question)))
    if _CONTINUES.match(question):
        return terms <= 2 * _ALONE
    if _POINTING.search(question):
        return terms <= _ALONE + 1
    return terms < _ALONE and bool(_OPENING.match(question) or terms < 2)


def may_stand_alone(question: str) -> bool:
    """Whether a question leans on the ones before it by its shortness only: "Who is the CFO?" may be a new one, which
    is told by whether it can be answered by itself."""
    if _CONTINUES.match(question) or _POINTING.search(question) or not _OPENING.match(question):
        return False
    return len(question.split()) >= _ALONE and bool(set(analyse(question)) - _MEASURES) and leans_on_context(question)


def context_for(question: str, earlier: Sequence[Exchange]) -> str:
    """The earlier questions to search along with, oldest first; empty when the question stands alone."""
    if not earlier or not leans_on_context(question):
        return ""
    needed: list[str] = []
    for previous in reversed(earlier):
        needed.insert(0, previous.question)
        if not leans_on_context(previous.question):
            break
    return " ".join(needed[-3:])

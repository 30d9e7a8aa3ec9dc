"""Whether a figure of the sentence is, in the document, that of another thing. Pure.

"Employees receive 30 days, interns receive 12": the words that only one of the two figures has around it tell what it
is said of. A sentence with "30 days" that has the words of the other figure speaks of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assistant.claims.comparing import DATES, FIGURES, Conflict, same_day, same_number
from assistant.claims.counted import LASTING, MONEY
from assistant.claims.lexicon import CONTRASTING, FORCES, JOINING, PARTING
from assistant.claims.reading import DATE, NUMBER, WORD, Reading, Token

_PARALLEL = 0.5  # share of the shorter one's words that two figures of one kind have in common
_MOSTLY = 0.5  # share of the words of the other figure alone that the sentence must have


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure and the words that it is said of."""

    token: Token
    words: frozenset[str]
    sentence: tuple[int, int]  # of which text, and of which sentence there


def figure_of_another(said: Reading, quote: Reading, beside: Reading) -> Conflict | None:
    """``beside`` is what stands around the quote; it may tell whose another figure is, and supports nothing."""
    for kind in (NUMBER, DATE):
        for token in (t for t in said.tokens if t.kind == kind):
            mine = next(figure for figure in _figures(said, token, 0) if figure.token is token)
            there = [figure for text, r in enumerate((quote, beside)) for figure in _figures(r, token, text)]
            equal = [figure for figure in there if _same(token, figure.token)]
            others = [figure for figure in there if not _same(token, figure.token)]
            found = [next((o for o in others if _rather(mine, one, o)), None) for one in equal]
            if found and found[0] is not None and all(found):
                reason = f"The document says {found[0].token.written} of this, the sentence says {token.written}."
                return Conflict(DATES if kind == DATE else FIGURES, reason)
    return None


def _same(one: Token, other: Token) -> bool:
    return same_day(one, other) if one.kind == DATE else same_number(one, other)


def _rather(mine: _Figure, one: _Figure, other: _Figure) -> bool:
    """Whether the sentence has more of the words that stand with the other figure alone than of those of this one."""
    bare = one.token.kind == NUMBER and not (one.token.unit and other.token.unit)
    shared = len(one.words & other.words)
    if (bare or one.sentence != other.sentence) and shared < _PARALLEL * min(len(one.words), len(other.words)):
        return False
    this, that = one.words - other.words, other.words - one.words
    if not this or not that:
        return False
    ours, theirs = len(this & mine.words) / len(this), len(that & mine.words) / len(that)
    return theirs >= _MOSTLY and theirs > ours


def _figures(reading: Reading, like: Token, text: int) -> Iterator[_Figure]:
    """The figures that could be in the place of this one, each with the part of its sentence that belongs to it."""
    for number, group in groupby(reading.tokens, key=lambda token: token.sentence):
        sentence = list(group)
        places = [n for n, token in enumerate(sentence) if _comparable(like, token)]
        cuts = [_cut(sentence, one, other) for one, other in pairwise(places)]
        for n, place in enumerate(places):
            begin = next((cut for cut in reversed(cuts[:n]) if cut), 0)
            end = next((cut for cut in cuts[n:] if cut), len(sentence))
            yield _Figure(sentence[place], _words(sentence[begin:end], sentence[place]), (text, number))


def _comparable(one: Token, other: Token) -> bool:
    if one.kind != other.kind:
        return False
    if one.unit and other.unit:
        return _measured(one) == _measured(other)
    return _is_year(one) == _is_year(other)


def _is_year(token: Token) -> bool:
    return token.kind == NUMBER and not token.unit and bool(re.fullmatch(r"1\d{3}|20\d\d", token.written))


def _measured(token: Token) -> str:
    return "money" if token.unit in MONEY else "time" if token.unit in LASTING else token.unit


def _cut(sentence: Sequence[Token], one: int, other: int) -> int:
    """Where, between two figures, the words of the second begin; 0 when they are said of the same."""
    best, rank = 0, 0
    for place in range(one + 1, other + 1):
        word = sentence[place].written.lower()
        new_clause = sentence[place].clause != sentence[place - 1].clause
        here = 3 if word in PARTING or (new_clause and word in JOINING) else 2 if new_clause else word in JOINING
        if here > rank:
            best, rank = place, here
    return best


def _words(tokens: Sequence[Token], figure: Token) -> frozenset[str]:
    found = set()
    for token in tokens:
        word = token.written.lower()
        if token is figure or word in FORCES:
            continue
        if token.kind == WORD and (not token.common or word in CONTRASTING):
            found.add(token.key)
        elif token.kind == NUMBER and not token.unit:
            found.add(f"{min(token.values)}")
    return frozenset(found)

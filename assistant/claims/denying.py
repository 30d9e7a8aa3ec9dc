"""Whether what is denied, and what is limited by "only", is so in both texts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from assistant.claims.comparing import WORDING, Conflict
from assistant.claims.lexicon import DENYING, ONLY
from assistant.claims.places import likeness
from assistant.claims.reading import WORD, Reading, Token

MATCHED = 0.5  # likeness from which two denying words deny the same
_DOUBLE = 3  # tokens between the two halves of one denial: "ne … pas", "neither … nor"
_AFTER, _BEFORE = 3, 2  # content words that show what a denying word is about
Marks = Callable[[Token], bool]


def denial_disagrees(said: Reading, quote: Reading) -> Conflict | None:
    denies = _denies(said.language)
    if word := _unmatched(said, quote, denies):
        return Conflict(WORDING, f"The sentence denies (“{word}”) what the document says.")
    if word := _unmatched(quote, said, denies):
        return Conflict(WORDING, f"The document denies (“{word}”) what the sentence says.")
    return None


def limits_disagree(said: Reading, quote: Reading) -> Conflict | None:
    def limits(token: Token) -> bool:
        return token.written.lower() in ONLY

    if word := _unmatched(quote, said, limits):
        return Conflict(WORDING, f"The document says “{word}”, the sentence leaves it out.")
    if word := _unmatched(said, quote, limits):
        return Conflict(WORDING, f"The sentence says “{word}”, the document does not.")
    return None


def _denies(language: str) -> Marks:
    words = DENYING["en"] | DENYING.get(language, frozenset()) if language in {"en", "de"} else DENYING[language]

    def denies(token: Token) -> bool:
        word = token.written.lower()
        return token.kind == WORD and (word in words or (language == "en" and word.endswith(("n't", "not"))))

    return denies


def _unmatched(mine: Reading, theirs: Reading, marks: Marks) -> str:
    """The first marking word of ``mine`` whose neighbours stand in ``theirs`` without one; "" when there is none."""
    here = [n for n, token in enumerate(mine.tokens) if marks(token)]
    there = [n for n, token in enumerate(theirs.tokens) if marks(token)]
    matched = _paired(mine, theirs, here, there)
    for position in here:
        double = any(0 < abs(position - other) <= _DOUBLE and other in matched for other in here)
        if position in matched or double:
            continue
        after, before = _neighbours(mine, position, marks, 1, _AFTER), _neighbours(mine, position, marks, -1, _BEFORE)
        found = [key for key in after if key in theirs.keys]
        shared = found + [key for key in before if key in theirs.keys]
        if _spoken_of(after, before, found, shared):
            return mine.tokens[position].written
    return ""


def _paired(mine: Reading, theirs: Reading, here: Sequence[int], there: Sequence[int]) -> set[int]:
    """Marks of ``mine`` that one of ``theirs`` stands for, each of them once, the most alike first."""
    fits = sorted(((likeness(mine.tokens, (a, a), theirs.tokens, (b, b)), a, b) for a in here for b in there), reverse=True)
    matched: set[int] = set()
    taken: set[int] = set()
    for fit, a, b in fits:
        if fit >= MATCHED and a not in matched and b not in taken:
            matched.add(a)
            taken.add(b)
    return matched


def _spoken_of(after: list[str], before: list[str], found: list[str], shared: list[str]) -> bool:
    """Whether the other text speaks of what is marked: what stands nearest behind it, or most of what is around it."""
    if after and after[0] in found and len(shared) >= min(2, len(after) + len(before)):
        return True
    return len(shared) >= 2 and 2 * len(shared) > len(after) + len(before)


def _neighbours(reading: Reading, position: int, marks: Marks, step: int, most: int) -> list[str]:
    """Content words to one side in the same clause, nearest first."""
    tokens, clause = reading.tokens, reading.tokens[position].clause
    end = len(tokens) if step > 0 else -1
    side = (tokens[n] for n in range(position + step, end, step) if tokens[n].clause == clause)
    return list(islice((t.key for t in side if t.key and not t.common and not marks(t)), most))

"""Whether what is denied, and what is limited by "only", is so in both texts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from assistant.claims.comparing import WORDING, Conflict
from assistant.claims.lexicon import DENYING, ONLY, SHOWN, UNSURE
from assistant.claims.places import likeness
from assistant.claims.reading import WORD, Reading, Token

MATCHED = 0.5  # likeness from which two denying words deny the same
# The second half of one denial: "neither … nor", "ne … pas".
_SECOND = frozenset(
    """nor ni noch ни pas jamais aucun aucune rien personne никогда nada nadie ningún ninguna""".split()  # noqa: SIM905
)
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
        return token.kind == WORD and (word in words or (language in {"en", UNSURE} and word.endswith(("n't", "not"))))

    return denies


def _unmatched(mine: Reading, theirs: Reading, marks: Marks) -> str:
    """The first marking word of ``mine`` whose neighbours stand in ``theirs`` without one; "" when there is none."""
    here = _places(mine, marks)
    matched = _paired(mine, theirs, marks)
    for position in here:
        second = mine.tokens[position].written.lower() in _SECOND and any(other < position for other in here)
        if position in matched or second:
            continue
        after, before = _neighbours(mine, position, marks)
        found = [key for key in after if key in theirs.keys]
        shared = found + [key for key in before if key in theirs.keys]
        if _spoken_of(after, found, shared):
            word = mine.tokens[position].written
            return SHOWN.get(word, word)
    return ""


def _paired(mine: Reading, theirs: Reading, marks: Marks) -> set[int]:
    """Marks of ``mine`` that one of ``theirs`` stands for, each of them once, the most alike first."""
    here, there = _places(mine, marks), _places(theirs, marks)
    about_mine = {a: {key for side in _neighbours(mine, a, marks) for key in side} for a in here}
    about_theirs = {b: {key for side in _neighbours(theirs, b, marks) for key in side} for b in there}
    pairs = [(a, b) for a in here for b in there if about_mine[a] & about_theirs[b] or not about_mine[a]]
    fits = sorted(((likeness(mine.tokens, (a, a), theirs.tokens, (b, b)), a, b) for a, b in pairs), reverse=True)
    matched: set[int] = set()
    taken: set[int] = set()
    for fit, a, b in fits:
        if fit >= MATCHED and a not in matched and b not in taken:
            matched.add(a)
            taken.add(b)
    return matched


def _spoken_of(after: list[str], found: list[str], shared: list[str]) -> bool:
    """Whether the other text speaks of what is marked: of the word behind it, or where none is, of those before it."""
    if not after:
        return len(shared) > 1
    return after[0] in found and (len(shared) > 1 or len(after) == 1)


def _places(reading: Reading, marks: Marks) -> list[int]:
    return [n for n, token in enumerate(reading.tokens) if marks(token)]


def _neighbours(reading: Reading, position: int, marks: Marks) -> tuple[list[str], list[str]]:
    """Content words behind and before it in the same clause, nearest first."""
    tokens, clause = reading.tokens, reading.tokens[position].clause

    def side(places: Iterable[int], most: int) -> list[str]:
        near = (tokens[n] for n in places if tokens[n].clause == clause)
        return list(islice((t.key for t in near if t.key and not t.common and not marks(t)), most))

    return side(range(position + 1, len(tokens)), _AFTER), side(range(position - 1, -1, -1), _BEFORE)

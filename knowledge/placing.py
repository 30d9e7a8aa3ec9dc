"""Where the words of a stored page stand among the characters that another library reads from the same page. Pure.

The stored text comes from one PDF library and the picture with its character boxes from another. Both see the same
letters, but not always in the same order (columns, tables, notes) and not with the same white space, hyphens and
ligatures. So words are looked for by their letters alone, with the letters around them deciding between places that
read alike; where the two orders differ, a quote is put together from pieces, and every letter must be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Span = tuple[int, int]

_IGNORED = {"|", "-", "\u00ad", "\u2010", "\u2011", "\ufffe", "\u0002", "\ufffd"}
_LAM_ALEF = re.compile("[\u0627\u0644]{2,}")
_CONTEXT = 120  # letters on each side that decide between places that read alike
_PIECE = 4  # letters; a shorter piece is only taken near one that was found
_NEAR = 16  # letters
_FAR = 1_000_000


@dataclass(frozen=True, slots=True)
class Letters:
    """The comparable letters of a text and, for each, its place in the text."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Letters whose places lie in [start, end)."""
        return _first(self.places, start), _first(self.places, end)

    def edges(self, first: int, last: int) -> frozenset[int]:
        """Letters of [first, last] before which a word or a number begins, or the stretch ends."""
        inside = (
            at
            for at in range(first + 1, last)
            if self.places[at] - self.places[at - 1] > 1 or not self.text[at - 1 : at + 1].isalnum()
        )
        return frozenset({first, *inside, last})


def letters(text: str) -> Letters:
    """Letters in one case and one form, without white space, hyphens and the bars that part a table's cells."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for folded in _folded(character):
            kept.append(folded)
            places.append(place)
    # The Arabic ligature of lam and alef is read as two letters, in one order or the other.
    joined = _LAM_ALEF.sub(lambda run: "".join(sorted(run[0])), "".join(kept))
    return Letters(joined, tuple(places))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return "".join(
        folded
        for folded in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
        if not folded.isspace() and folded not in _IGNORED and folded.isprintable()
    )


def _first(places: tuple[int, ...], at: int) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if places[middle] < at:
            low = middle + 1
        else:
            high = middle
    return low


def place(stored: str, start: int, end: int, drawn: str) -> list[Span]:
    """Ranges of ``drawn`` that hold the letters of ``stored[start:end]``, in the order of the quote.

    Empty when not every letter could be found: half a mark would be a wrong one.
    """
    ours, theirs = letters(stored), letters(drawn)
    first, last = ours.span(start, end)
    if first == last:
        return []
    whole = _whole(ours.text, first, last, theirs.text)
    spans = [whole] if whole else _pieces(ours.text, theirs.text, ours.edges(first, last))
    return [(theirs.places[begin], theirs.places[stop - 1] + 1) for begin, stop in spans]


def _whole(ours: str, first: int, last: int, theirs: str) -> Span | None:
    needle = ours[first:last]
    found = list(_all(theirs, needle))
    if not found:
        return None
    if len(found) == 1:
        return found[0], found[0] + len(needle)
    agreement = [_agreement(ours, first, last, theirs, at) for at in found]
    best = [at for at, score in zip(found, agreement, strict=True) if score == max(agreement)]
    if len(best) > 1:
        best = [_same_rank(ours, first, needle, theirs, best)]
    return best[0], best[0] + len(needle)


def _same_rank(ours: str, first: int, needle: str, theirs: str, best: list[int]) -> int:
    """Among places that also read alike around: the one as far down its page as the quote is on its own."""
    same = [at for at in _all(ours, needle) if ours[at - 1 : at] == ours[first - 1 : first]]
    if len(same) == len(best) and first in same:
        return best[same.index(first)]
    return min(best, key=lambda at: abs(at / len(theirs) - first / len(ours)))


def _all(haystack: str, needle: str) -> Iterator[int]:
    at = haystack.find(needle) if needle else -1
    while at >= 0:
        yield at
        at = haystack.find(needle, at + 1)


def _agreement(ours: str, first: int, last: int, theirs: str, at: int) -> int:
    """How many letters before and after a place are those around the quote."""
    before = (ours[max(0, first - _CONTEXT) : first][::-1], theirs[max(0, at - _CONTEXT) : at][::-1])
    stop = at + last - first
    after = (ours[last : last + _CONTEXT], theirs[stop : stop + _CONTEXT])
    return _common(*before) + _common(*after)


def _common(a: str, b: str) -> int:
    """Length of the beginning that two texts share."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _pieces(ours: str, theirs: str, edges: frozenset[int]) -> list[Span]:
    """The quote as a chain of pieces, each as long as can be; [] when a letter is left over."""
    found: list[Span] = []
    at, last = min(edges), max(edges)
    while at < last:
        piece = _longest(ours, at, theirs, edges, found)
        if piece is None:
            return []
        found.append(piece)
        at += piece[1] - piece[0]
    return _joined(found)


def _longest(ours: str, at: int, theirs: str, edges: frozenset[int], found: list[Span]) -> Span | None:
    """The longest beginning of the rest of the quote that stands in ``theirs`` where nothing was found yet.

    No number is taken apart. A short piece must be whole words near what was found before it: a date in the other
    order, a note's number.
    """
    low, high = 0, max(edges) - at
    while low < high:
        middle = (low + high + 1) // 2
        if ours[at : at + middle] in theirs:
            low = middle
        else:
            high = middle - 1
    for length in range(low, 0, -1):
        if not _whole_numbers(ours, at, at + length) and at + length not in edges:
            continue
        if length < _PIECE and not {at, at + length} <= edges:
            continue
        places = [
            place
            for place in _all(theirs, ours[at : at + length])
            if _whole_numbers(theirs, place, place + length)
            and all(place >= stop or place + length <= begin for begin, stop in found)
            and (length >= _PIECE or _distance(place, found) <= _NEAR)
        ]
        if places:
            best = max(places, key=lambda place: _fit(ours, (at, at + length), theirs, place, found))
            return best, best + length
    return None


def _whole_numbers(text: str, start: int, end: int) -> bool:
    """Whether a stretch cuts no number in two."""
    return not any(text[at - 1 : at + 1].isdigit() and 0 < at < len(text) for at in (start, end))


def _distance(place: int, found: list[Span]) -> int:
    """Letters between a place and the nearest piece that was found; very many when there is none."""
    return min((min(abs(place - stop), abs(place - begin)) for begin, stop in found), default=_FAR)


def _fit(ours: str, piece: Span, theirs: str, place: int, found: list[Span]) -> tuple[int, int]:
    return _agreement(ours, *piece, theirs, place), -_distance(place, found)


def _joined(spans: list[Span]) -> list[Span]:
    joined = spans[:1]
    for before, span in pairwise(spans):
        if before[1] == span[0]:
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined

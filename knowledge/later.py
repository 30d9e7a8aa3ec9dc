"""What the current version of a document says where an older one had the quoted words. Pure, but for the pages read.

The place is found by likeness: of the words themselves, and of the sentences before and after them, which often stay
when a figure between them changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import islice

from django.db.models import F
from django.db.models.functions import Abs
from django.urls import reverse

from knowledge.models import DocumentVersion, Page
from knowledge.sentences import Span, split_sentences
from knowledge.typeset import Run, plain

_LONGEST_QUOTE = 2_000  # characters; footnotes have far fewer, and what is asked for by hand may be a whole document
_PAGES = 400  # of the current version, those nearest to the old page
_PLACES = 10_000  # those nearest to the old place
_LONGER = 8  # a place of so many times the quote's length is not it,
_SHORT = 400  # unless it is no longer than this
_NEAR = 300  # characters of the sentences before and after that are compared
_CLOSE_LOOK = 12
_LIKE = 0.5  # likeness from which a passage counts as the same one, changed
_NEIGHBOUR = 0.25  # weight of each neighbour beside the words themselves


@dataclass(frozen=True, slots=True)
class Later:
    """``state`` is same, changed or gone; ``runs`` are the current words, those that differ marked; ``url`` opens
    them, "" when they are gone.
    """

    number: int
    state: str
    runs: tuple[Run, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    page: Page
    start: int
    end: int
    before: str
    after: str

    @property
    def words(self) -> list[str]:
        return self.page.text[self.start : self.end].split()


def what_now(page: Page, start: int, end: int, current: DocumentVersion) -> Later | None:
    """What ``current`` says at the place of ``page.text[start:end]``, a quote of an older version. None for more than
    a quote: a person waits for this."""
    if end - start > _LONGEST_QUOTE:
        return None
    old = _place(page, start, end)
    places = islice(_places(page, old, current), _PLACES)
    likely = nlargest(_CLOSE_LOOK, places, key=lambda place: _shared(old, place))
    best = max(likely, key=lambda place: _likeness(old, place), default=None)
    if best is None or _likeness(old, best) < _LIKE:
        return Later(current.number, "gone")
    runs = tuple(_changed(plain(" ".join(old.words)).split(), plain(" ".join(best.words)).split()))
    address = reverse("document_page", args=[page.version.document_id, current.number, best.page.number])
    state = "changed" if any(run.marked for run in runs) or len(old.words) != len(best.words) else "same"
    return Later(current.number, state, runs, f"{address}?start={best.start}&end={best.end}")


def _place(page: Page, start: int, end: int) -> _Place:
    spans = split_sentences(page.text)
    before = [span for span in spans if span[1] <= start][-1:]
    after = [span for span in spans if span[0] >= end][:1]
    return _Place(page, start, end, *_near(page, before, after))


def _near(page: Page, before: Sequence[Span], after: Sequence[Span]) -> tuple[str, str]:
    return "".join(page.text[a:b] for a, b in before)[-_NEAR:], "".join(page.text[a:b] for a, b in after)[:_NEAR]


def _places(page: Page, old: _Place, current: DocumentVersion) -> Iterator[_Place]:
    """As many sentences in a row as the quote has, everywhere in the current version near the old page: the nearest
    pages first, and of a page with very many sentences those around the same share of it."""
    count = max(1, len(split_sentences(page.text[old.start : old.end])))
    longest = max(_SHORT, _LONGER * (old.end - old.start))
    around = (page.number - _PAGES // 2, page.number + _PAGES // 2)
    nearest = current.pages.filter(number__range=around).order_by(Abs(F("number") - page.number), "number")
    for other in nearest.iterator(chunk_size=50):
        spans = split_sentences(other.text)
        starts = range(max(1, len(spans) - count + 1) if spans else 0)
        middle = len(starts) * old.start // max(1, len(page.text))
        for at in starts[max(0, middle - _PLACES // 2) : middle + _PLACES // 2]:
            last = min(at + count, len(spans)) - 1
            if spans[last][1] - spans[at][0] <= longest:
                near = _near(other, spans[at - 1 : at] if at else [], spans[last + 1 : last + 2])
                yield _Place(other, spans[at][0], spans[last][1], *near)


def _shared(old: _Place, new: _Place) -> float:
    """A quick likeness, to choose which places are compared closely."""
    mine, theirs = Counter(old.words), Counter(new.words)
    same = 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())
    return same + _NEIGHBOUR * ((old.before == new.before) + (old.after == new.after))


def _likeness(old: _Place, new: _Place) -> float:
    """0 to 1; neighbours speak for a place only where it shares words of its own with the quote."""
    itself = _ratio(old.words, new.words)
    neighbours = [_ratio(a.split(), b.split()) for a, b in ((old.before, new.before), (old.after, new.after)) if a]
    if itself < 1 / 4 or not neighbours:
        return itself
    weight = _NEIGHBOUR * len(neighbours)
    return max(itself, (itself + _NEIGHBOUR * sum(neighbours)) / (1 + weight))


def _ratio(a: Sequence[str], b: Sequence[str]) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """The new words as runs; a word that the old ones had not is marked."""
    for kind, _, _, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if stop > begin:
            yield Run(" ".join(new[begin:stop]) + (" " if stop < len(new) else ""), kind != "equal")

"""From generated text to sentences with footnotes. Pure.

A marker ``[2]`` names the second supplied passage and nothing else: a number that was not supplied is dropped. The
quoting answerer also says which characters of the passage it means: ``[2@10-48]``. Whatever the marker says, the
quote is cut from the passage's own text, so it is verbatim by construction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.grounding import coverage
from assistant.selection.units import without_bullet, without_emphasis
from knowledge.lexical import analyse
from knowledge.sentences import split_sentences

LONGEST_QUOTE = 700  # characters
MATCHES = 0.5  # coverage from which a sentence without a marker is given a passage
MOST_QUOTES = 3  # of one passage for one sentence
CARRIED = 0.9  # fit from which nothing more is looked for
_TOGETHER = 0.75  # fit that makes several quotes worth their room
_FURTHER = 0.08  # what each must add
_BESIDE = 2  # sentences to either side
_TWO = 2
_GAIN = 0.15
_MARKER = re.compile(r"\[\s*(\d{1,3}(?:@\d{1,6}-\d{1,6})?(?:\s*,\s*\d{1,3})*)\s*\]")
_EXACT = re.compile(r"\[\d{1,3}@\d+-\d+\]")
_UNFINISHED_MARKER = re.compile(r"\[[\d\s,@-]*$")
_AFTER_STOP = re.compile(r"([.!?…][\"'”’)]*)[ \t]*((?:\[\s*\d[\d\s,@-]*\][ \t]*)+)")
_HEADING = re.compile(r"^\s*#{1,6}\s+")


@dataclass(frozen=True, slots=True)
class Marker:
    """Supplied passage ``number`` (from 1); ``span`` in characters of its text when the generator named them."""

    number: int
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RawSentence:
    """A generated sentence without its markers."""

    text: str
    markers: tuple[Marker, ...]


class SentenceReader:
    """Cuts a stream of text into sentences, each as soon as it is known to be complete."""

    def __init__(self) -> None:
        self._pending = ""

    def feed(self, text: str) -> list[RawSentence]:
        self._pending += text
        head, newline, tail = self._pending.rpartition("\n")
        done = self._sentences(head) if newline else []
        self._pending = tail
        if _UNFINISHED_MARKER.search(tail):
            return done
        settled = _AFTER_STOP.sub(r" \2\1 ", tail)
        spans = split_sentences(settled)
        # The last one may still grow, or a marker may follow its full stop.
        if len(spans) > 1:
            done += [parsed for start, end in spans[:-1] if (parsed := parse_sentence(settled[start:end]))]
            self._pending = settled[spans[-1][0] :]
        return done

    def flush(self) -> list[RawSentence]:
        rest, self._pending = self._pending, ""
        return self._sentences(rest)

    @staticmethod
    def _sentences(text: str) -> list[RawSentence]:
        found = []
        for line in text.split("\n"):
            settled = _AFTER_STOP.sub(r" \2\1 ", line)
            # A line with exact characters is one quote, however many sentences it has.
            spans = [(0, len(settled))] if _EXACT.search(settled) else split_sentences(settled)
            found += [parsed for start, end in spans if (parsed := parse_sentence(settled[start:end]))]
        return found


def parse_sentence(text: str) -> RawSentence | None:
    """A sentence and its markers in the order they stand; None when nothing is said."""
    markers: list[Marker] = []
    for match in _MARKER.finditer(text):
        for part in match[1].split(","):
            number, _, span = part.strip().partition("@")
            start, _, end = span.partition("-")
            marker = Marker(int(number), (int(start), int(end)) if span else None)
            if marker not in markers:
                markers.append(marker)
    said = _MARKER.sub("", text)
    if not any(marker.span for marker in markers):  # a quote comes without its layout already
        said = without_emphasis(without_bullet(_HEADING.sub("", said)))
    said = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", said)).strip()
    return RawSentence(said, tuple(markers)) if re.search(r"\w", said) else None


class ProvisionalText:
    """Running text for people as it comes: markers are taken out, also those that arrive in pieces."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        self._held += text
        unfinished = _UNFINISHED_MARKER.search(self._held)
        cut = unfinished.start() if unfinished else len(self._held)
        shown, self._held = self._held[:cut], self._held[cut:]
        return _MARKER.sub("", shown)


def supplied_only(markers: Sequence[Marker], passages: Sequence[str]) -> list[Marker]:
    """Markers that point into what was supplied; a span that does not lie inside its passage is forgotten."""
    kept: list[Marker] = []
    for marker in markers:
        if not 1 <= marker.number <= len(passages):
            continue
        text = passages[marker.number - 1]
        inside = marker.span is not None and 0 <= marker.span[0] < marker.span[1] <= len(text)
        kept.append(marker if inside else Marker(marker.number))
    return kept


def choose_quotes(sentence: str, passage: str) -> list[tuple[int, int]]:
    """(start, end) in the passage of the words that best carry the sentence, in reading order.

    One sentence, two in a row, or up to three that stand apart when only together they carry nearly all of it.
    """
    best = choose_quote(sentence, passage)
    chosen, carried = [best], _fit(sentence, passage[best[0] : best[1]])
    others = [span for span in split_sentences(passage) if not (best[0] <= span[0] and span[1] <= best[1])]
    while others and carried < CARRIED and len(chosen) < MOST_QUOTES:
        fits = [_fit(sentence, " ".join(passage[s:e] for s, e in (*chosen, span))) for span in others]
        if max(fits) - carried < _FURTHER:
            break
        carried = max(fits)
        chosen.append(others.pop(fits.index(carried)))
    return sorted(chosen) if carried >= _TOGETHER else [best]


def choose_quote(sentence: str, passage: str) -> tuple[int, int]:
    """(start, end) in the passage of the words that best carry the sentence: one sentence, or two in a row."""
    spans = split_sentences(passage) or [(0, len(passage))]
    exact = _find_verbatim(sentence, passage, spans)
    if exact:
        return exact
    fits = [_fit(sentence, passage[start:end]) for start, end in spans]
    first = max(range(len(spans)), key=fits.__getitem__)
    for position in (first - 1, first):
        pair = spans[max(position, 0) : position + 2]
        if position < 0 or len(pair) < _TWO or not _one_quote(passage, pair):
            continue
        # Two sentences are quoted only when one alone misses a good part of what is said.
        if _fit(sentence, passage[pair[0][0] : pair[1][1]]) - fits[first] > _GAIN:
            return pair[0][0], pair[1][1]
    return spans[first]


def beside(passage: str, start: int, end: int) -> str:
    """The sentences just before and behind some words of a passage, the rows of a table left out."""
    spans = split_sentences(passage)
    before = [span for span in spans if span[1] <= start][-_BESIDE:]
    behind = [span for span in spans if span[0] >= end][:_BESIDE]
    told = [passage[s:e] for s, e in before + behind]
    return "\n\n".join(words for words in told if not words.lstrip().startswith("|"))


def _one_quote(passage: str, pair: Sequence[tuple[int, int]]) -> bool:
    """Whether two sentences may be quoted as one; rows of a table never, each says something of its own."""
    rows = any(passage[start:end].lstrip().startswith("|") for start, end in pair)
    return not rows and pair[1][1] - pair[0][0] <= LONGEST_QUOTE


def match_passage(sentence: str, passages: Sequence[str]) -> int | None:
    """Position of the supplied passage that best carries a sentence that named none; None when none carries it."""
    fits = [max((_fit(sentence, p[s:e]) for s, e in split_sentences(p)), default=0.0) for p in passages]
    if not fits or max(fits) < MATCHES:
        return None
    return fits.index(max(fits))


def _find_verbatim(sentence: str, passage: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the very words stand: with the rest of their sentence, which may deny or limit them, if there is room."""
    words = sentence.split()
    if len(words) < 3:
        return None
    found = re.search(r"(?<![\w.,−-])" + r"\s+".join(re.escape(word) for word in words) + r"(?!\w|[.,]\d)", passage)
    if found is None:
        return None
    met = [span for span in spans if span[0] < found.end() and found.start() < span[1]]
    start, end = min(found.start(), met[0][0]), max(found.end(), met[-1][1])
    return (start, end) if end - start <= LONGEST_QUOTE else found.span()


def _fit(sentence: str, quote: str) -> float:
    """Share of the sentence's terms in the quote, figures counted twice, long quotes slightly disliked."""
    terms = set(analyse(sentence))
    if not terms:
        return coverage(sentence, quote)
    there = set(analyse(quote))
    weight = {term: 2.0 if any(c.isdigit() for c in term) else 1.0 for term in terms}
    share = sum(w for term, w in weight.items() if term in there) / sum(weight.values())
    return share - min(len(quote), LONGEST_QUOTE) / LONGEST_QUOTE * 0.05

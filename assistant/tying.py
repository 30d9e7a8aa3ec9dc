"""Ties a generated sentence to the exact words that are to support it, and judges whether they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.citations import Marker, RawSentence, choose_quote, match_passage, supplied_only
from assistant.grounding import SUPPORTED, UNSUPPORTED, Verdict, judge
from assistant.recording import Quote
from assistant.selection.choosing import Material
from assistant.selection.vectors import similarity
from knowledge.errors import SearchUnavailable
from knowledge.search import Evidence


def tie(material: Material, raw: RawSentence) -> tuple[list[Quote], Verdict]:
    """The quotes of a sentence and its standing. A sentence without a valid marker is matched to what was supplied."""
    return tie_to(material.evidence, raw, lambda quote: _context(material, quote))


def tie_to(
    supplied: Sequence[Evidence], raw: RawSentence, context: Callable[[Quote], str]
) -> tuple[list[Quote], Verdict]:
    """The same for passages alone; ``context`` gives what a reader sees around a quote."""
    texts = [item.text for item in supplied]
    markers = supplied_only(raw.markers, texts)
    guessed = not markers
    if guessed and (best := match_passage(raw.text, texts)) is not None:
        markers = [Marker(best + 1)]
    quotes = [_quote(supplied, raw.text, marker) for marker in markers]
    words = " ".join(quote.text for quote in quotes)
    around = " / ".join(context(quote) for quote in quotes)
    verdict = judge(raw.text, words, around)
    if quotes and verdict.standing != SUPPORTED and any(marker.span is None for marker in markers):
        verdict = judge(raw.text, words, around, _closeness(raw.text, words))
    if guessed and verdict.standing == UNSUPPORTED:
        return [], Verdict(UNSUPPORTED, "No passage was cited for this sentence, and none says it.")
    return quotes, verdict


def _quote(supplied: Sequence[Evidence], sentence: str, marker: Marker) -> Quote:
    evidence = supplied[marker.number - 1]
    start, end = marker.span or choose_quote(sentence, evidence.text)
    return Quote(evidence, start, end)


def surroundings(evidence: Evidence) -> str:
    """Title, headings and date of a passage."""
    return " / ".join((evidence.document_title, *evidence.heading_path, f"{evidence.dated:%-d %B %Y}"))


def _context(material: Material, quote: Quote) -> str:
    """Title, date and headings of a quote, and its table's header when it is a row."""
    evidence = quote.evidence
    for item in material.ranked:
        if item.evidence.passage_id == evidence.passage_id and item.unit.start == quote.start:
            return f"{item.unit.context} / {evidence.dated:%-d %B %Y}"
    return surroundings(evidence)


def _closeness(sentence: str, words: str) -> float | None:
    try:
        return similarity(sentence, words)
    except SearchUnavailable:
        return None

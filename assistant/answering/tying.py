"""Ties a generated sentence to the exact words that are to support it, and judges whether they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.answering.citations import Marker, RawSentence, beside, choose_quotes, match_passage, supplied_only
from assistant.answering.grounding import UNSUPPORTED, Source, Verdict, judge_all, reconsidered
from assistant.answering.recording import Quote
from assistant.selection.choosing import Material
from assistant.selection.units import cells_of, row_in_words, table_header
from assistant.selection.vectors import similarity
from knowledge.entailment import get_entailer
from knowledge.errors import SearchUnavailable
from knowledge.search import Evidence


def tie(material: Material, raw: RawSentence) -> tuple[list[Quote], Verdict]:
    """The quotes of a sentence and its standing. A sentence without a valid marker is matched to what was supplied."""
    return tie_to(material.evidence, raw, lambda quote: _known_unit(material, quote))


def tie_to(
    supplied: Sequence[Evidence], raw: RawSentence, known: Callable[[Quote], Source | None] = lambda quote: None
) -> tuple[list[Quote], Verdict]:
    """The same for passages alone; ``known`` gives how a quote is read where that is known already."""
    texts = [item.text for item in supplied]
    markers = supplied_only(raw.markers, texts)
    guessed = not markers
    if guessed and (best := match_passage(raw.text, texts)) is not None:
        markers = [Marker(best + 1)]
    quotes = [quote for marker in markers for quote in _quotes(supplied, raw.text, marker)]
    sources = [known(quote) or _source(quote) for quote in quotes]
    verdict = _by_model(judge_all(raw.text, sources, _closeness), raw.text, sources)
    if guessed and verdict.standing == UNSUPPORTED:
        return [], Verdict(UNSUPPORTED, "No passage was cited for this sentence, and none says it.")
    return quotes, verdict


def _quotes(supplied: Sequence[Evidence], sentence: str, marker: Marker) -> list[Quote]:
    evidence = supplied[marker.number - 1]
    spans = [marker.span] if marker.span else choose_quotes(sentence, evidence.text)
    quotes = [Quote(evidence, start, end) for start, end in spans]
    return [quote for quote in quotes if not _is_header(quote)] or quotes


def _is_header(quote: Quote) -> bool:
    """The first row of a table: it says nothing without a row below it, and is read with each."""
    return quote.text.lstrip().startswith("|") and table_header(quote.evidence.text, quote.start) is None


def _source(quote: Quote) -> Source:
    """How a quote is read: with title, date and headings, and a table row with its header."""
    evidence, header = quote.evidence, None
    if quote.text.lstrip().startswith("|"):
        header = table_header(evidence.text, quote.start)
    about = " / ".join((evidence.document_title, *evidence.heading_path, f"{evidence.dated:%-d %B %Y}"))
    if header is None:
        near = beside(evidence.text, quote.start, quote.end)
        return Source(quote.text, about, str(evidence.document_id), beside=near)
    cells = tuple(cells_of(quote.text))
    return Source(row_in_words(header, cells), about, str(evidence.document_id), tuple(header), cells)


def _known_unit(material: Material, quote: Quote) -> Source | None:
    """A quote that was ranked as a unit of its own; then the header of its table is known, wherever it stands."""
    evidence = quote.evidence
    for item in material.ranked:
        same = item.evidence.passage_id == evidence.passage_id and item.unit.start == quote.start
        if same and item.unit.kind == "row" and item.unit.end == quote.end:
            about = f"{item.unit.context} / {evidence.dated:%-d %B %Y}"
            return Source(f"{item.unit.shown}; {quote.text}", about, str(evidence.document_id))
    return None


def _by_model(verdict: Verdict, sentence: str, sources: Sequence[Source]) -> Verdict:
    """What the entailment model makes of a sentence that facts and words leave open, if there is one."""
    entailer = None if verdict.settled or not sources else get_entailer()
    if entailer is None:
        return verdict
    text = "\n".join(f"{source.context}\n{source.quote}" for source in sources)
    try:
        judged = entailer.judge(text, sentence)
    except SearchUnavailable:
        return verdict
    return reconsidered(verdict, judged.follows, judged.contradicts)


def _closeness(sentence: str, words: str) -> float | None:
    try:
        return similarity(sentence, words)
    except SearchUnavailable:
        return None

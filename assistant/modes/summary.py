"""A document in few sentences of its own: the most central ones, spread over its sections, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.modes.base import Part, Task, Wants, line_of, material_of
from assistant.modes.reading import Reading, centrality, read, towards
from assistant.selection.units import Unit, in_words
from knowledge.lexical import analyse
from knowledge.search import Evidence

MOST = 8  # sentences
EACH = 2  # of one section
_TOLD = 14  # passages that a model is given
_ALIKE = 0.6  # share of terms from which a sentence says again what was said
_OPENS = 0.12  # what the first sentence of a section is worth more
_SCRAP = 5  # words a sentence needs to be worth quoting


class Summary:
    key = "summary"
    name = "Summary"
    label = "Summarise a document"
    hint = "The sentences that carry it, section by section."
    wants = Wants(documents=(1, 1), words="What matters to you in it (optional)")

    def parts(self, task: Task) -> Iterator[Part]:
        reading = read(task.documents[0], task.user)
        evidence = towards(reading, task.words) if task.words else reading.evidence
        chosen = choose(reading, evidence)
        if not chosen:
            return
        if task.written:
            yield _written(task, evidence, chosen)
            return
        yield from sections(reading, chosen)


def choose(reading: Reading, evidence: Sequence[Evidence]) -> list[Unit]:
    """The sentences, in reading order. ``evidence`` has the cosines to what matters to the asker, if that was said."""
    worth = centrality(reading)
    opened: set[tuple[str, ...]] = set()
    scored: list[tuple[float, int]] = []
    for place, unit in enumerate(reading.units):
        path = evidence[unit.source].heading_path
        opens = _OPENS if path not in opened else 0.0
        opened.add(path)
        if len(unit.shown.split()) >= _SCRAP:
            scored.append((worth[place] + opens + evidence[unit.source].dense, place))
    chosen: list[int] = []
    for _, place in sorted(scored, key=lambda item: (-item[0], item[1])):
        if len(chosen) < MOST and _adds(reading, chosen, place):
            chosen.append(place)
    return [reading.units[place] for place in sorted(chosen)]


def _adds(reading: Reading, chosen: Sequence[int], place: int) -> bool:
    unit, evidence = reading.units[place], reading.evidence
    path = evidence[unit.source].heading_path
    if sum(evidence[reading.units[other].source].heading_path == path for other in chosen) >= EACH:
        return False
    terms = set(analyse(unit.shown))
    others = (set(analyse(reading.units[other].shown)) for other in chosen)
    return all(len(terms & other) < _ALIKE * max(1, min(len(terms), len(other))) for other in others)


def sections(reading: Reading, chosen: Sequence[Unit]) -> Iterator[Part]:
    """One part for each section that a sentence was taken from."""
    for heading, units in groupby(chosen, key=lambda unit: heading_of(reading, unit)):
        taken = tuple(units)
        yield Part(material_of(reading.evidence, taken), tuple(map(line_of, taken)), title=heading)


def heading_of(reading: Reading, unit: Unit) -> str:
    path = reading.evidence[unit.source].heading_path
    return in_words(path[-1]) if path and path[-1] != reading.document.title else ""


def _written(task: Task, evidence: Sequence[Evidence], chosen: Sequence[Unit]) -> Part:
    """The passages around the chosen sentences for a model to put in its words, the sentences in case it fails."""
    sources = sorted({unit.source for unit in chosen})[:_TOLD]
    told = tuple(evidence[source] for source in sources)
    units = tuple(replace(unit, source=sources.index(unit.source)) for unit in chosen if unit.source in sources)
    wish = f" What matters to the reader: {task.words}" if task.words else ""
    asks = f"Summarise these passages of one document in up to eight sentences.{wish}"
    return Part(material_of(told, units), tuple(map(line_of, units)), asks=asks)

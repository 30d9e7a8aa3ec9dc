"""Two documents side by side: what both say, where they say otherwise, and what only one of them says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.grounding import opposed
from assistant.modes.base import Line, Part, Task, Wants, line_of, material_of
from assistant.modes.reading import Reading, centrality, meanings, read
from assistant.modes.summary import heading_of
from assistant.selection.measures import amounts, clocks, days, same_amounts
from assistant.selection.units import Unit
from knowledge.lexical import analyse

READ = 90  # sentences of each document, the most central ones
PAIRED = 0.62  # likeness from which two sentences speak of the same matter
SAME = 0.8  # and, when their facts agree, say the same
MOST = {"differs": 10, "same": 6, "alone": 5}
_TERMS = 0.35  # how much shared words count beside meaning
_TOLD = 6  # pairs that a model is given


@dataclass(frozen=True, slots=True)
class _Pair:
    ours: Unit
    theirs: Unit
    likeness: float


class Compare:
    key = "compare"
    name = "Comparison"
    label = "Compare two documents"
    hint = "Where they agree, where they differ, and what only one of them says."
    wants = Wants(documents=(2, 2), words="What to compare them about (optional)")

    def parts(self, task: Task) -> Iterator[Part]:
        first, second = (read(document, task.user) for document in task.documents)
        ours, theirs = _central(first, task.words), _central(second, task.words)
        pairs = _pairs(ours, theirs)
        differing = [pair for pair in pairs if _disagree(pair)]
        same = [pair for pair in pairs if not _disagree(pair) and pair.likeness >= SAME]
        both = _Both(first, second)
        if task.written and pairs:
            yield both.written((differing + same)[:_TOLD], task.words)
        for pair in differing[: MOST["differs"]]:
            yield both.part(pair, "differs")
        paired = {id(unit) for pair in pairs for unit in (pair.ours, pair.theirs)}
        for units, offset, name in ((ours, 0, "only in the first"), (theirs, both.offset, "only in the second")):
            alone = [unit for unit in units if id(unit) not in paired and _states(unit)]
            for unit in alone[: MOST["alone"]]:
                yield both.alone(unit, offset, name)
        for pair in same[: MOST["same"]]:
            yield both.part(pair, "same")


@dataclass(frozen=True, slots=True)
class _Both:
    """Two readings as one row of evidence: the second's passages come after the first's."""

    first: Reading
    second: Reading

    @property
    def offset(self) -> int:
        return len(self.first.evidence)

    def part(self, pair: _Pair, label: str) -> Part:
        ours, theirs = pair.ours, self._moved(pair.theirs)
        title = heading_of(self.first, pair.ours) or heading_of(self.second, pair.theirs)
        lines: tuple[Line, ...] = (line_of(ours), line_of(theirs))
        if label == "same":
            lines = (Line(ours.shown, line_of(ours).markers + line_of(theirs).markers),)
        return self._part((ours, theirs), lines, title, label)

    def alone(self, unit: Unit, offset: int, label: str) -> Part:
        moved = self._moved(unit) if offset else unit
        title = heading_of(self.second if offset else self.first, unit)
        return self._part((moved,), (line_of(moved),), title, label)

    def written(self, pairs: Sequence[_Pair], about: str) -> Part:
        """The sentences that speak of the same, for a model to say how they differ."""
        units = [unit for pair in pairs for unit in (pair.ours, self._moved(pair.theirs))]
        evidence = self.first.evidence + self.second.evidence
        told = tuple(evidence[source] for source in sorted({unit.source for unit in units}))
        wish = f" Above all about: {about}" if about else ""
        asks = f"How do these two documents differ? Name the document with each statement.{wish}"
        return Part(material_of(told), label="in words", asks=asks)

    def _moved(self, unit: Unit) -> Unit:
        return replace(unit, source=unit.source + self.offset)

    def _part(self, units: tuple[Unit, ...], lines: tuple[Line, ...], title: str, label: str) -> Part:
        evidence = self.first.evidence + self.second.evidence
        return Part(material_of(evidence, units), lines, title, label)


def _central(reading: Reading, about: str) -> list[Unit]:
    """The sentences compared, in reading order; those that speak of what was asked about go first in importance."""
    worth, wanted = centrality(reading), set(analyse(about))
    scored = [
        (worth[place] + len(wanted & set(analyse(f"{unit.shown} {unit.context}"))) + 0.3 * _states(unit), place)
        for place, unit in enumerate(reading.units)
        if len(unit.shown.split()) > 2
    ]
    best = sorted(scored, key=lambda item: (-item[0], item[1]))[:READ]
    return [reading.units[place] for _, place in sorted(best, key=lambda item: item[1])]


def _pairs(ours: Sequence[Unit], theirs: Sequence[Unit]) -> list[_Pair]:
    """Sentences that are each other's nearest, in the order of the first document."""
    if not ours or not theirs:
        return []
    alike = _likeness(ours, theirs)
    nearest, back = alike.argmax(axis=1), alike.argmax(axis=0)
    return [
        _Pair(unit, theirs[other], float(alike[place, other]))
        for place, unit in enumerate(ours)
        if back[other := int(nearest[place])] == place and alike[place, other] >= PAIRED
    ]


def _likeness(ours: Sequence[Unit], theirs: Sequence[Unit]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(ours, theirs), 0 to 1: meaning and shared words; words alone without a model."""
    mine, other = [set(analyse(unit.read_as)) for unit in ours], [set(analyse(unit.read_as)) for unit in theirs]
    shared = np.array([[len(a & b) / max(1, min(len(a), len(b))) for b in other] for a in mine], dtype=np.float64)
    vectors = meanings([_told(unit) for unit in (*ours, *theirs)])
    if vectors is None:
        return shared
    cosines = vectors[: len(ours)] @ vectors[len(ours) :].T
    return np.asarray((1 - _TERMS) * cosines + _TERMS * shared, dtype=np.float64)


def _told(unit: Unit) -> str:
    """A sentence with its heading and without its document's title, which differs between the two anyway."""
    heading = unit.leaf.rpartition(": ")[2]
    return f"{heading}: {unit.shown}"


def _disagree(pair: _Pair) -> bool:
    """Whether figures, dates or what is denied differ; wording alone is no difference."""
    ours, theirs = pair.ours.shown, pair.theirs.shown
    return not same_amounts(ours, theirs) or days(ours) != days(theirs) or opposed(ours, theirs)


def _states(unit: Unit) -> bool:
    """Whether a sentence states something that can be looked up: a figure, a time of day or a date."""
    return bool(amounts(unit.shown) or clocks(unit.shown) or days(unit.shown))

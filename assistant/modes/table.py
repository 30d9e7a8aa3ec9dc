"""A table out of documents: a row for each document, a column for each thing the asker names, every cell a quote."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.abstention import abstaining
from assistant.modes.base import MOST_DOCUMENTS, Line, Part, Task, Wants, line_of, material_of
from assistant.modes.reading import Reading, read, towards
from assistant.selection.questions import profile
from assistant.selection.ranking import Ranked, rank
from assistant.selection.vectors import SentenceMeaning
from knowledge.errors import SearchUnavailable

# A column's name is a few words, not a question, which the probability expects: so less of it is asked for. Looked at
# over 12 columns and the sample company's documents: docs/benchmarks.md.
LIKELY = 0.4
SPOKEN = 0.5  # share of the column's words that must be said in the sentence or around it


class Table:
    key = "table"
    name = "Table"
    label = "Make a table"
    hint = "A row for each document, a column for each thing you name. What is not said stays empty."
    wants = Wants(documents=(1, MOST_DOCUMENTS), columns=True)

    def parts(self, task: Task) -> Iterator[Part]:
        for row, document in enumerate(task.documents):
            reading = read(document, task.user)
            for column, name in enumerate(task.columns):
                best = cell(reading, name)
                units = (best.unit,) if best else ()
                lines: tuple[Line, ...] = tuple(line_of(unit) for unit in units)
                yield Part(material_of(reading.evidence, units), lines, cell=(row, column))


def cell(reading: Reading, name: str) -> Ranked | None:
    """The sentence or row that says a column's thing; None when the document is silent about it."""
    evidence, about = towards(reading, name), profile(name, {})
    try:
        ranked = rank(about, reading.units, evidence, SentenceMeaning())
    except SearchUnavailable:
        ranked = rank(about, reading.units, evidence, None)
    if not ranked or ranked[0].own + ranked[0].around < SPOKEN:
        return None
    signs = abstaining.features(about, evidence, ranked)
    return ranked[0] if abstaining.probability(signs, abstaining.Weights()) >= LIKELY else None

"""What a mode is: from a task to parts, each with the sentences to quote and, for a model, what to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from accounts.models import User
from assistant.answering.citations import Marker
from assistant.selection.choosing import Material
from assistant.selection.questions import Profile
from assistant.selection.ranking import Ranked
from assistant.selection.units import Unit
from knowledge.models import Document
from knowledge.search import Evidence

MOST_DOCUMENTS = 10
MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Task:
    """``documents`` are those of the ones chosen that the asker may read now, in the order they were chosen;
    ``written`` when a language model writes, so that parts that ask are of use."""

    user: User
    words: str
    documents: tuple[Document, ...] = ()
    columns: tuple[str, ...] = ()
    mail: str = ""
    written: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to say, with markers into the part's evidence."""

    text: str
    markers: tuple[Marker, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the answer. ``title`` is in words of the documents or the asker, ``label`` in ours.

    ``asks`` is what a language model is asked of the material, and ``lines`` stand in when it fails; a part that asks
    nothing is always quoted.
    ``cell`` is (row, column) in a table.
    """

    material: Material
    lines: tuple[Line, ...] = ()
    title: str = ""
    label: str = ""
    asks: str = ""
    cell: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Wants:
    """What the form of a mode asks for."""

    documents: tuple[int, int] = (0, 0)  # fewest, most
    columns: bool = False
    mail: bool = False
    words: str = ""  # label of the free field, "" for none


class Mode(Protocol):
    """One module each; stateless."""

    key: str
    name: str  # what a turn of it is called
    label: str  # on the button that leads to it
    hint: str
    wants: Wants

    def parts(self, task: Task) -> Iterator[Part]:
        """The answer piece by piece. Raises SearchUnavailable when nothing can be searched."""


def material_of(evidence: tuple[Evidence, ...], units: tuple[Unit, ...] = ()) -> Material:
    """Evidence without a question; the units bring the headings and table headers their sentences are judged with."""
    ranked = tuple(Ranked(unit, evidence[unit.source], 0.0, 0.0, 0.0, 0.0) for unit in units)
    return Material(Profile("", {}, "", (), (), ()), evidence, ranked)


def line_of(unit: Unit) -> Line:
    """A unit quoted as a sentence of its own."""
    return Line(unit.shown, (Marker(unit.source + 1, (unit.start, unit.end)),))

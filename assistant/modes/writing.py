"""Has a mode's parts said, one after the other, and remembers how they are set on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from assistant.answering import falling_back
from assistant.answering.citations import RawSentence
from assistant.answering.events import Event
from assistant.answering.holding import told
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable, QuestionRefused
from assistant.models import Answer
from assistant.modes import MODES
from assistant.modes.base import Line, Mode, Part
from assistant.modes.tasks import task_of
from assistant.selection.choosing import Material

GONE = "A document that was chosen for this can no longer be read. Choose again."
NOTHING = "There is no sentence in it that can be quoted."
_QUOTED = "These are quotes, without words of a language model."


class Desk(Protocol):
    """What answering lends to a mode."""

    @property
    def answer(self) -> Answer: ...

    @property
    def writes(self) -> bool: ...

    @property
    def held(self) -> int:
        """How many sentences were held back so far."""

    def step(self, text: str) -> Event: ...

    def lay_out(self, material: Material) -> None:
        """From here on sentences are tied to this evidence."""

    def say(self, raw: RawSentence) -> Iterator[Event]: ...

    def shows(self, line: Line) -> bool:
        """Whether the answer's footnotes show this line's words already."""

    def write(self, part: Part) -> Iterator[Event]: ...


def write_mode(desk: Desk) -> Iterator[Event]:
    """Raises QuestionRefused when what was chosen is not there any more, SearchUnavailable as searching does."""
    turn, answer = desk.answer.turn, desk.answer
    mode = MODES[turn.mode]
    task = task_of(turn, desk.writes)
    if len(task.documents) < max(len(turn.params.get("documents", ())), mode.wants.documents[0]):
        raise QuestionRefused(GONE)
    if task.documents:
        yield desk.step(f"Reading {len(task.documents)} document{'' if len(task.documents) == 1 else 's'}")
    groups: list[dict[str, Any]] = []
    for part in mode.parts(task):
        desk.lay_out(part.material)
        yield from _grouped(desk, mode, part, groups)
    if not groups or (not answer.sentences and not mode.wants.columns and not mode.wants.mail):
        answer.abstained = True
        _tell(answer, told(desk.held) or NOTHING)
        return
    _tell(answer, told(desk.held))
    count = len(answer.sentences)
    yield desk.step(f"Checked {count} sentence{'' if count == 1 else 's'} against the quotes")


def _grouped(desk: Desk, mode: Mode, part: Part, groups: list[dict[str, Any]]) -> Iterator[Event]:
    """Says a part and sets what was said of it as a group, also when it ends in the middle: what was sent is kept.

    A part without a sentence is kept where that tells something, in a cell or under a question of the asker's own; a
    title of a document's words is not, for there would be no footnote by which to ask who may read it.
    """
    answer, first, held, ended = desk.answer, len(desk.answer.sentences), desk.held, False
    try:
        yield from _said(desk, part)
        ended = True
    finally:
        said = list(range(first, len(answer.sentences)))
        if said or (ended and (part.cell is not None or mode.wants.mail)):
            group = {"title": part.title, "label": part.label, "cell": part.cell, "sentences": said}
            groups.append({**group, "held": desk.held - held})
            answer.layout = {"groups": groups}


def _said(desk: Desk, part: Part) -> Iterator[Event]:
    """In a model's words where it is asked and answers, otherwise as quotes; where it breaks off, quotes follow."""
    answer, before = desk.answer, len(desk.answer.sentences)
    lines, broken = part.lines, None
    if desk.writes and part.asks:
        try:
            yield from desk.write(part)
        except (GeneratorUnavailable, GeneratorInterrupted) as error:
            broken = error
        if len(answer.sentences) > before:
            lines = tuple(line for line in part.lines if not desk.shows(line)) if broken else ()
    half, spoken = len(answer.sentences) > before, len(answer.sentences)
    for line in lines:
        yield from desk.say(RawSentence(line.text, line.markers))
    if broken is not None:
        added = len(answer.sentences) > spoken
        if answer.degraded != falling_back.HALF:
            answer.degraded = falling_back.state_of(broken, half=half)
        _tell(answer, falling_back.notice(broken, half=True, added=added) if half else f"{broken} {_QUOTED}")


def _tell(answer: Answer, text: str) -> None:
    """Adds a word to the reader, once however many parts it is true of."""
    if text not in answer.notice:
        answer.notice = f"{answer.notice} {text}".strip()

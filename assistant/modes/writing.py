"""Has a mode's parts said, one after the other, and remembers how they are set on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from assistant.answering.citations import RawSentence
from assistant.answering.events import Event
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable, QuestionRefused
from assistant.models import Answer
from assistant.modes import MODES
from assistant.modes.base import Part
from assistant.modes.tasks import task_of
from assistant.selection.choosing import Material

GONE = "A document that was chosen for this can no longer be read. Choose again."
NOTHING = "There is no sentence in it that can be quoted."


class Desk(Protocol):
    """What answering lends to a mode."""

    @property
    def answer(self) -> Answer: ...

    @property
    def writes(self) -> bool: ...

    def step(self, text: str) -> Event: ...

    def lay_out(self, material: Material) -> None:
        """From here on sentences are tied to this evidence."""

    def say(self, raw: RawSentence) -> Iterator[Event]: ...

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
        first = len(answer.sentences)
        desk.lay_out(part.material)
        yield from _said(desk, part)
        said = list(range(first, len(answer.sentences)))
        groups.append({"title": part.title, "label": part.label, "cell": part.cell, "sentences": said})
        answer.layout = {"groups": groups}
    if not groups or (not answer.sentences and not mode.wants.columns and not mode.wants.mail):
        answer.abstained, answer.notice = True, NOTHING
    else:
        count = len(answer.sentences)
        yield desk.step(f"Checked {count} sentence{'' if count == 1 else 's'} against the quotes")


def _said(desk: Desk, part: Part) -> Iterator[Event]:
    """In a model's words where it is asked and answers, otherwise as quotes."""
    before = len(desk.answer.sentences)
    if desk.writes and part.chat:
        try:
            yield from desk.write(part)
        except (GeneratorUnavailable, GeneratorInterrupted) as error:
            if len(desk.answer.sentences) > before:
                raise
            desk.answer.degraded = "generator_unavailable"
            desk.answer.notice = f"{error} These are quotes, without words of a language model."
        if len(desk.answer.sentences) > before:
            return
    for line in part.lines:
        yield from desk.say(RawSentence(line.text, line.markers))

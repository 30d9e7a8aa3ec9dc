"""Asking back: saved with the answer, and shown with the readings that its reader may see at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from assistant.answering import clarifying
from assistant.answering.clarifying import Reading
from assistant.conversing.suggestions import suggestions
from assistant.models import Answer
from assistant.selection.choosing import Material
from knowledge.followups import Exchange
from knowledge.rechecking import still_visible

_SAID = {
    clarifying.EMPTY: "The question names nothing to look for. Say in a few words what it is about.",
    clarifying.POINTING: "The question does not say which one is meant. Name it.",
    clarifying.SPLIT: "The documents answer this for several things, and differently. Choose one, or name another.",
}
_NEAREST = "Perhaps it is one of these, which were found nearest."


@dataclass(frozen=True, slots=True)
class ReadingView:
    label: str
    question: str


def before_search(answer: Answer, earlier: Sequence[Exchange]) -> bool:
    """Marks an answer to a question that names nothing at all."""
    if not clarifying.says_nothing(answer.turn.question, earlier):
        return False
    return _mark(answer, clarifying.EMPTY, ())


def pointed(answer: Answer, material: Material, earlier: Sequence[Exchange]) -> bool:
    """Marks an answer to a question about "this clinic" with none spoken of, whatever was found for it."""
    found = clarifying.pointer(answer.turn.question, earlier)
    if found is None:
        return False
    return _mark(answer, clarifying.POINTING, clarifying.pointed_readings(material, found, answer.turn.question))


def open_between(answer: Answer, material: Material) -> bool:
    """Marks an answer to a question whose best sentences speak of several things that it leaves open."""
    readings = clarifying.split(material)
    return bool(readings) and _mark(answer, clarifying.SPLIT, readings)


def _mark(answer: Answer, why: str, readings: Sequence[Reading]) -> bool:
    answer.asked_back, answer.abstained = why, True
    offer = _NEAREST if why == clarifying.POINTING and readings else ""
    answer.notice = " ".join(part for part in (_SAID[why], offer, answer.notice) if part)
    answer.readings = [
        {
            "label": reading.label,
            "question": reading.question,
            "document_id": str(reading.item.evidence.document_id),
            "passage_id": reading.item.evidence.passage_id,
        }
        for reading in readings
    ]
    return True


def reading_views(answer: Answer, user: User) -> tuple[ReadingView, ...]:
    """Readings from passages that this person may see; for a question about nothing, questions to begin with."""
    if answer.asked_back == clarifying.EMPTY:
        return tuple(ReadingView(question, question) for question in suggestions(user))
    visible = still_visible(user, [row["passage_id"] for row in answer.readings])
    return tuple(ReadingView(row["label"], row["question"]) for row in answer.readings if row["passage_id"] in visible)

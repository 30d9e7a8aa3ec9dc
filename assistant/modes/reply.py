"""A reply to a mail: each question it asks, answered from what the asker may read or marked as not found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.citations import Marker
from assistant.conversing.outlook import outlook
from assistant.modes.base import Line, Part, Task, Wants
from assistant.selection.choosing import Choice, choose
from knowledge.sentences import split_sentences

MOST_QUESTIONS = 6
LONGEST_MAIL = 8000  # characters
_ASKS = re.compile(r"^(?:please|kindly|could|can|would|will|may|i (?:would like|want|need)|we (?:need|want))\b", re.I)
_GREETING = re.compile(r"^\s*(?:hello|hi|dear|good (?:morning|day|afternoon|evening))\b[^,!\n]{0,60}[,!\n]\s*", re.I)
_QUOTED = re.compile(r"^\s*(?:>|(?:from|to|cc|sent|date|subject):)", re.I)


class Reply:
    key = "reply"
    name = "Reply to a mail"
    label = "Draft a reply to a mail"
    hint = "Each question of the mail, answered with footnotes or marked as not found."
    wants = Wants(mail=True)

    def parts(self, task: Task) -> Iterator[Part]:
        for question in questions_of(task.mail):
            seen = outlook(question, task.user)
            lines = tuple(_line(choice) for choice in choose(seen.material)) if seen.answers else ()
            label, asks = ("", question) if seen.answers else ("not found", "")
            yield Part(seen.material, lines, question, label, asks)


def questions_of(mail: str) -> list[str]:
    """What a mail asks, in its order: its questions, else its requests, else all of it as one. What it quotes of other
    mails and its head are left out."""
    own = "\n".join(line for line in mail.splitlines() if not _QUOTED.match(line))
    own = _GREETING.sub("", own, count=1)
    sentences = [" ".join(own[start:end].split()) for start, end in split_sentences(own)]
    asked = [text for text in sentences if text.endswith("?")]
    asked = asked or [text for text in sentences if _ASKS.match(text)] or [" ".join(own.split())[:300]]
    return [text for text in dict.fromkeys(asked) if text][:MOST_QUESTIONS]


def _line(choice: Choice) -> Line:
    unit = choice.item.unit
    return Line(unit.shown, (Marker(unit.source + 1, (unit.start, unit.end)),))

"""The default answerer: it says nothing of its own, it quotes the sentences that answer."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.generators.base import Messages
from assistant.generators.prompts import NO_ANSWER
from assistant.selection.choosing import Choice, choose
from assistant.selection.units import in_words
from knowledge.search import Evidence


class QuotingGenerator:
    """Chooses one to three quotes. Each line it gives ends with a marker that names the exact characters."""

    name = "quoting"
    writes_prose = False

    def stream(self, messages: Messages) -> Iterator[str]:
        lines = [line(choice) for choice in choose(messages.material)]
        yield from lines or [NO_ANSWER]


def line(choice: Choice) -> str:
    """A quote as a line with its exact characters."""
    unit = choice.item.unit
    said = f"{introduction(choice.item.evidence)}: {unit.shown}" if choice.named else unit.shown
    return f"{said} [{unit.source + 1}@{unit.start}-{unit.end}]\n"


def introduction(evidence: Evidence) -> str:
    return f"{in_words(evidence.document_title)} ({evidence.dated:%-d %B %Y})"

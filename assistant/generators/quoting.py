"""The default answerer: it says nothing of its own, it quotes the sentences that answer."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.generators.base import Messages
from assistant.prompts import NO_ANSWER
from assistant.selection.choosing import Choice, Material, choose
from assistant.selection.units import in_words
from knowledge.search import Evidence

MOST_PASSAGES = 4


class QuotingGenerator:
    """Chooses one to three quotes. Each line it gives ends with a marker that names the exact characters."""

    name = "quoting"
    writes_prose = False

    def stream(self, messages: Messages) -> Iterator[str]:
        lines = [_line(choice) for choice in choose(messages.material)]
        yield from lines or [NO_ANSWER]


def passages_alone(material: Material) -> Iterator[str]:
    """What is shown when no answer can be written: the best words of each passage found, quoted."""
    shown: set[int] = set()
    for item in material.ranked:
        if item.unit.source not in shown and len(shown) < MOST_PASSAGES:
            shown.add(item.unit.source)
            yield _line(Choice(item))


def _line(choice: Choice) -> str:
    unit = choice.item.unit
    said = f"{introduction(choice.item.evidence)}: {unit.shown}" if choice.named else unit.shown
    return f"{said} [{unit.source + 1}@{unit.start}-{unit.end}]\n"


def introduction(evidence: Evidence) -> str:
    return f"{in_words(evidence.document_title)} ({evidence.dated:%-d %B %Y})"

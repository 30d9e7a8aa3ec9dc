"""What becomes of a sentence that its quotes do not bear out: shown with a mark or held back, as the collections whose
documents it may rest on have it. The strictest of them counts."""

from __future__ import annotations

import uuid
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping

from assistant.answering.grounding import PARTLY, UNSUPPORTED, Verdict
from knowledge.models import Collection, Document

_FROM_MILD_TO_STRICT = list(Collection.Unsupported.values)
_HELD: Mapping[str, frozenset[str]] = {
    Collection.Unsupported.MARK: frozenset(),
    Collection.Unsupported.HOLD: frozenset({UNSUPPORTED}),
    Collection.Unsupported.HOLD_PARTLY: frozenset({UNSUPPORTED, PARTLY}),
}


class Policy:
    """The choices of the collections of some documents, read once for an answer."""

    def __init__(self, documents: Iterable[uuid.UUID]) -> None:
        rows = Document.objects.filter(pk__in=set(documents)).values_list("pk", "collection__unsupported")
        self._choices: dict[uuid.UUID, str] = dict(rows)

    @property
    def holds_any(self) -> bool:
        """Whether some sentence might be held back: then nothing may be shown before it is checked."""
        return any(_HELD[choice] for choice in self._choices.values())

    def holds(self, verdict: Verdict, cited: Several[uuid.UUID]) -> bool:
        """Whether a sentence is held back. One that cites nothing might rest on any of the documents."""
        choices = [choice for document, choice in self._choices.items() if not cited or document in cited]
        strictest = max(choices, key=_FROM_MILD_TO_STRICT.index, default=Collection.Unsupported.MARK)
        return verdict.standing in _HELD[strictest]


def told(held: int) -> str:
    """The notice about what was held back; "" when nothing was."""
    if not held:
        return ""
    sentences = "One sentence was" if held == 1 else f"{held} sentences were"
    return f"{sentences} held back, because the documents do not support {'it' if held == 1 else 'them'}."

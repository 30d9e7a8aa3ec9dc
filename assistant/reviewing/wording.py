"""A judged question in words that stand alone, as far as a reviewer may read them.

What a follow-up was searched as may hold words of what was asked and said before it, and that may have been about other
documents than its own answer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from accounts.models import User
from assistant.models import Answer, Turn
from assistant.reviewing.feeding import sources_of
from knowledge.models import Document


@dataclass(frozen=True, slots=True)
class Wording:
    """``sources``: documents whose words the question may hold besides those of its answer."""

    question: str
    sources: frozenset[uuid.UUID] = frozenset()


def wording(answer: Answer, reviewer: User) -> Wording:
    """As it was searched for those who may read all that was spoken of before; as it was asked for others."""
    asked = answer.turn.question
    if answer.searched_as in {"", asked}:
        return Wording(asked)
    before = frozenset(_before(answer.turn))
    if Document.objects.visible_to(reviewer).filter(pk__in=before).count() < len(before):
        return Wording(asked)
    return Wording(answer.searched_as, before)


def _before(turn: Turn) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    while (earlier := turn.parent) is not None:
        for answer in earlier.answers.all():
            found |= sources_of(answer)
        turn = earlier
    return found

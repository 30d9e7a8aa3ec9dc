"""Looking through one's own conversations: titles, questions, and answers as far as they may still be seen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from assistant.models import Answer, Conversation, Turn
from assistant.sources import may_see

_LOOKED_AT = 200  # answers that hold the words, newest first
_FOUND = 200  # conversations
_AROUND = 40  # characters on each side of what was found


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation that speaks of what was looked for; ``words`` say where, "" when its title does."""

    conversation: Conversation
    words: str


def find(user: User, query: str) -> list[Place]:
    """Conversations of which one title, question or answer holds every word, newest first.

    An answer that is withheld is not searched either: finding it would tell what it says.
    """
    wanted = query.split()
    if not wanted:
        return []
    own = Conversation.objects.filter(user=user)
    found: dict[uuid.UUID, str] = dict.fromkeys(own.filter(_holds("title", wanted)).values_list("pk", flat=True), "")
    mine = Turn.objects.filter(conversation__user=user, conversation__apart=False)
    asked = mine.filter(_holds("question", wanted)).order_by("-created")
    for conversation, question in asked.values_list("conversation_id", "question"):
        found.setdefault(conversation, excerpt(question, wanted[0]))
    said = Answer.objects.filter(_holds("text", wanted), turn__conversation__user=user).select_related("turn")
    for answer in said.order_by("-created")[:_LOOKED_AT]:
        if answer.turn.conversation_id not in found and may_see(answer, user):
            found[answer.turn.conversation_id] = excerpt(answer.text, wanted[0])
    rows = own.filter(pk__in=found).order_by("-updated", "pk")[:_FOUND]
    return [Place(row, found[row.pk]) for row in rows]


def _holds(field: str, words: list[str]) -> Q:
    holds = Q()
    for word in words:
        holds &= Q(**{f"{field}__icontains": word})
    return holds


def excerpt(text: str, word: str) -> str:
    """The words around the first place where a word stands, on one line."""
    line = " ".join(text.split())
    at = max(0, line.casefold().find(word.casefold()))
    start = line.rfind(" ", 0, max(0, at - _AROUND)) + 1 if at > _AROUND else 0
    end = line.find(" ", at + len(word) + _AROUND)
    return f"{'… ' if start else ''}{line[start : end if end > 0 else None]}{' …' if end > 0 else ''}"

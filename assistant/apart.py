"""Asking in somebody's name without leaving anything behind: to measure, and to replay.

Permission is the person's own, at that moment. The conversation is marked ``apart``, so that no list, count, cost,
review or limit of people's questions meets it, and it is removed when the caller is done with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing.conversations import remember, shown_path
from assistant.models import Answer, Conversation, Turn
from knowledge.followups import Exchange

_LEFT_SECONDS = 3600  # after which nobody can still be at one


@contextmanager
def asked_apart(
    user: User, turn: Turn, before: Sequence[str] = (), said: Sequence[Exchange] = (), wanted: str = ""
) -> Iterator[Answer]:
    """The finished answer to an unsaved turn, with its footnotes, gone when the block ends.

    ``before`` are questions asked first, one after the other; ``said`` is what was asked and answered before those.
    """
    conversation = Conversation.everything.create(user=user, title="Apart", apart=True)
    try:
        for exchange in said:
            remember(conversation, exchange.question, exchange.answer)
        for question in before:
            _asked(conversation, Turn(question=question))
        yield _asked(conversation, turn, wanted)
    finally:
        conversation.delete()


def _asked(conversation: Conversation, turn: Turn, wanted: str = "") -> Answer:
    shown = shown_path(conversation)
    turn.conversation, turn.parent = conversation, shown[-1].turn if shown else None
    turn.save()
    given = Answer.everything.create(turn=turn, apart=True, wanted=wanted)
    for _event in answering(given.pk):
        pass
    given.refresh_from_db()
    return given


def sweep() -> int:
    """Removes what a process that died left behind. Gives how many conversations."""
    old = Conversation.everything.filter(apart=True, updated__lt=timezone.now() - timedelta(seconds=_LEFT_SECONDS))
    return old.delete()[1].get(Conversation._meta.label, 0)

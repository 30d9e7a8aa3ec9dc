"""The next question while one is being answered: it is saved at once and asked when the answer before it is there,
because what it refers to may only be said by then.

Waiting is a state of the row, so a reload or a restart loses no question. Whoever ends an answer starts what waited for
it; whoever looks at a waiting one starts it when that was missed.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assistant.conversing.recovery import UNFINISHED
from assistant.errors import TooManyAnswers
from assistant.models import Answer, Turn

MOST_WAITING = 3  # questions of one person
OPEN = (Answer.State.QUEUED, *UNFINISHED)


def must_wait(parent: Turn | None) -> bool:
    """Whether a question after this turn has to wait for an answer."""
    return parent is not None and parent.answers.filter(state__in=OPEN).exists()


def require_waiting_room(user: User) -> None:
    """Raises TooManyAnswers when this person has as many questions waiting as one may."""
    waiting = Answer.objects.filter(turn__conversation__user=user, state=Answer.State.QUEUED).count()
    if waiting >= MOST_WAITING:
        raise TooManyAnswers(f"{MOST_WAITING} of your questions wait already. Let one be answered first.", 5)


def claim_due(conversation_id: uuid.UUID) -> list[uuid.UUID]:
    """Answers whose wait is over; each is given to one caller only, who has to start it."""
    waiting = Answer.objects.filter(turn__conversation=conversation_id, state=Answer.State.QUEUED)
    due = []
    for row in waiting.select_related("turn__parent").order_by("created"):
        # The sign of life counts from now: until a thread takes it up it must not look abandoned.
        claim = Answer.objects.filter(pk=row.pk, state=Answer.State.QUEUED)
        if not must_wait(row.turn.parent) and claim.update(state=Answer.State.PENDING, beat=timezone.now()):
            due.append(row.pk)
    return due


def take_back(answer: Answer) -> bool:
    """Removes a question that still waits, as if it had not been asked; False when its turn has come meanwhile."""
    with transaction.atomic():
        if not Answer.objects.filter(pk=answer.pk, state=Answer.State.QUEUED).update(state=Answer.State.STOPPED):
            return False
        turn = answer.turn
        Turn.objects.filter(parent=turn).update(parent=turn.parent)
        turn.delete()
    return True

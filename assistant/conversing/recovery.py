"""Answers whose process died: they are closed, so that nobody waits for them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assistant.models import Answer, AnswerEvent

SILENT_SECONDS = 30  # without a beat an answer is nobody's any more
KEPT_SECONDS = 600  # how long events of a finished answer can still be followed
UNFINISHED = (Answer.State.PENDING, Answer.State.RUNNING)
INTERRUPTED = "This answer was interrupted, ask again."


def recover_abandoned() -> int:
    """Marks answers without a sign of life as failed; gives how many. What they had said is kept.

    Almost always there is nothing to do, and looking takes no lock that writers wait for.
    """
    now = timezone.now()
    silent = now - timedelta(seconds=SILENT_SECONDS)
    quiet = Q(beat__lt=silent) | Q(beat__isnull=True, created__lt=silent)
    # That none of them has ended is what their small index holds.
    abandoned = Answer.objects.filter(quiet, state__in=UNFINISHED, finished__isnull=True)
    # Stored events repeat what the answer holds; once nobody can still be reading along they go.
    over = Answer.everything.filter(pk=OuterRef("answer"), finished__lt=now - timedelta(seconds=KEPT_SECONDS))
    events = AnswerEvent.objects.filter(Exists(over))  # from the few events to their answers, not the other way about
    if events.order_by().exists():
        events.delete()
    if not abandoned.order_by().exists():
        return 0
    return abandoned.update(state=Answer.State.FAILED, notice=INTERRUPTED, finished=now)

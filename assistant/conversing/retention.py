"""Conversations go when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from assistant.conversing.recovery import UNFINISHED
from assistant.models import Conversation

_BATCH = 200


def expire_conversations(before: datetime) -> int:
    """Removes conversations nobody used since a moment, with answers, footnotes and ratings. Gives how many."""
    removed = 0
    while batch := _expire(before):
        removed += batch
    return removed


@transaction.atomic
def _expire(before: datetime) -> int:
    """Some of them, held against whoever asks something there at this moment."""
    old = Conversation.objects.filter(updated__lt=before).exclude(turns__answers__state__in=UNFINISHED)
    batch = list(old.order_by("updated").select_for_update(of=("self",))[:_BATCH])
    for conversation in batch:
        audit.record(None, "conversation.expired", conversation, user=conversation.user_id)
    Conversation.objects.filter(pk__in=[one.pk for one in batch]).delete()
    return len(batch)

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
    old = Conversation.objects.filter(updated__lt=before).exclude(turns__answers__state__in=UNFINISHED)
    while batch := list(old.order_by("updated")[:_BATCH]):
        with transaction.atomic():
            for conversation in batch:
                audit.record(None, "conversation.expired", conversation, user=conversation.user_id)
            Conversation.objects.filter(pk__in=[one.pk for one in batch]).delete()
        removed += len(batch)
    return removed

"""Who shared, as notices say it to those it was shared with; and what they were told goes with the share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import User
from accounts.notices import naming
from accounts.notices.telling import forget
from assistant.models import Share


def about(key: UUID) -> str:
    """What a notice of a share is about."""
    return f"share:{key}"


def _sharers(user: User, ids: list[str]) -> Mapping[str, str]:
    rows = Share.objects.filter(user=user, pk__in=[UUID(key) for key in ids]).select_related("conversation__user")
    return {str(row.pk): str(row.conversation.user) for row in rows}


naming.register("share", _sharers, "A colleague")


@receiver(post_delete, sender=Share)
def _forget(sender: type[Share], instance: Share, **kwargs: Any) -> None:
    """Taken back, put away or gone with its conversation: its notice would lead nowhere."""
    forget([about(instance.pk)])

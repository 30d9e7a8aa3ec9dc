"""The list of a person's conversations, newest first, a page at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from assistant.models import Conversation

LISTED = 30  # conversations at once; each brings its own buttons
_YEARS = (1970, 9000)  # outside of which a moment cannot be told in every time zone


@dataclass(frozen=True, slots=True)
class After:
    """A place in the list: everything below this conversation, wherever it stands meanwhile."""

    updated: datetime
    pk: uuid.UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From what ``str`` gives; None for anything else."""
        moment, _, key = text.partition("_")
        try:
            updated, pk = parse_datetime(moment), uuid.UUID(key)
        except ValueError:
            return None
        if updated is None or timezone.is_naive(updated) or not _YEARS[0] < updated.year < _YEARS[1]:
            return None
        return cls(updated, pk)

    def __str__(self) -> str:
        return f"{self.updated.isoformat()}_{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    conversations: tuple[Conversation, ...]
    older: After | None


def listed(user: User, after: After | None = None) -> Page:
    """This person's conversations, newest first."""
    rows = Conversation.objects.filter(user=user).order_by("-updated", "pk")
    if after is not None:
        rows = rows.filter(Q(updated__lt=after.updated) | Q(updated=after.updated, pk__gt=after.pk))
    found = tuple(rows[: LISTED + 1])
    shown = found[:LISTED]
    return Page(shown, After(shown[-1].updated, shown[-1].pk) if len(found) > LISTED else None)


def by_day(
    conversations: Iterable[Conversation], now: datetime | None = None, after: After | None = None
) -> list[tuple[str, list[Conversation]]]:
    """Today, Yesterday, Previous 7 days, then months, each with its conversations in the given order. What goes on
    with the day of ``after`` has no name, for it was named before."""
    today = timezone.localtime(now).date()
    named = _label(timezone.localtime(after.updated).date(), today) if after is not None else ""
    groups: dict[str, list[Conversation]] = {}
    for conversation in conversations:
        label = _label(timezone.localtime(conversation.updated).date(), today)
        groups.setdefault("" if label == named else label, []).append(conversation)
    return list(groups.items())


def _label(day: date, today: date) -> str:
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Previous 7 days" if day > today - timedelta(days=8) else f"{day:%B %Y}"

"""The audit trail as administrators look through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.listing import distinct_values
from accounts.models import AuditEvent, User

FIELDS = ("who", "action", "about", "since", "until")
HEAD = ("at", "person id", "person", "action", "object", "object id", "detail")


def filtered(wanted: Mapping[str, str]) -> QuerySet[AuditEvent, Any]:
    """Lines, newest first, by who (user name or id), action (its beginning), about (an id), since and until (days)."""
    rows = AuditEvent.objects.order_by("-at", "-id")
    if who := wanted.get("who", "").strip():
        # Looked up first: by ids, and not by a question within the question, lines are found in the index.
        known = list(User.objects.filter(Q(username__iexact=who) | Q(email__iexact=who)).values_list("pk", flat=True))
        rows = rows.filter(actor_id__in=[*known, int(who)] if who.isdecimal() and len(who) < 18 else known)
    if action := wanted.get("action", "").strip():
        rows = rows.filter(action__in=[one for one in actions() if one.startswith(action)])
    if about := wanted.get("about", "").strip():
        rows = rows.filter(object_id=about)
    if since := _day(wanted.get("since", "")):
        rows = rows.filter(at__gte=_midnight(since))
    if until := _day(wanted.get("until", "")):
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


def actions() -> list[str]:
    """Every action there is on the trail."""
    return distinct_values(AuditEvent.objects.all(), "action")


def names(rows: Iterable[AuditEvent]) -> dict[int, str]:
    """User names by id, of those who did what these lines say and are still there."""
    people = User.objects.filter(pk__in={row.actor_id for row in rows if row.actor_id is not None})
    return dict(people.values_list("pk", "username"))


def cells(rows: QuerySet[AuditEvent, Any]) -> Iterator[tuple[object, ...]]:
    known = dict(User.objects.values_list("pk", "username"))
    for row in rows.iterator(chunk_size=1000):
        detail = " ".join(f"{name}={value}" for name, value in row.detail.items())
        person = "" if row.actor_id is None else row.actor_id
        name = known.get(row.actor_id or 0, "")
        yield row.at.isoformat(), person, name, row.action, row.object_type, row.object_id, detail


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 1 < found.year < 9998 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

"""The audit trail as administrators look through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.listing import distinct_values
from accounts.models import AuditEvent, User

FIELDS = ("who", "action", "about", "since", "until")
HEAD = ("at", "person id", "person", "action", "object", "object id", "detail")


def filtered(wanted: Mapping[str, str]) -> QuerySet[AuditEvent, Any]:
    """Lines, newest first, by who (user name or id), action (its beginning), about (an id), since and until (days)."""
    name = User.objects.filter(pk=OuterRef("actor_id")).values("username")[:1]
    rows = AuditEvent.objects.annotate(username=Subquery(name)).order_by("-at", "-id")
    if who := wanted.get("who", "").strip():
        known = User.objects.filter(Q(username__iexact=who) | Q(email__iexact=who)).values("pk")
        rows = rows.filter(Q(actor_id__in=known) | Q(actor_id=int(who) if who.isdecimal() and len(who) < 18 else -1))
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


def cells(rows: QuerySet[AuditEvent, Any]) -> Iterator[tuple[object, ...]]:
    for row in rows.iterator(chunk_size=1000):
        detail = " ".join(f"{name}={value}" for name, value in row.detail.items())
        person = "" if row.actor_id is None else row.actor_id
        yield row.at.isoformat(), person, row.username or "", row.action, row.object_type, row.object_id, detail


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 1 < found.year < 9998 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

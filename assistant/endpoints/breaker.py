"""The circuit breaker of each endpoint, kept in the database, so that all processes learn from one's bad luck.

closed → after some failures in a row: open, nobody asks → after a pause: half open, one answer tries it → closed, or
open for another pause. A healthy endpoint costs one read per answer and no write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from assistant.endpoints.rows import EndpointHealth

_LONGEST_PAUSE = 3600.0  # seconds, whatever an endpoint asks for
# What says nothing about the next question: the model is there and well.
CONTENT = frozenset({"declined", "wrong_language", "looping", "endless", "length", "filtered"})


def admits(key: str) -> bool:
    """Whether this endpoint may be asked now. In the half-open state one caller at a time is told yes."""
    row = EndpointHealth.objects.filter(key=key).first()
    if row is None or row.open_until is None:
        return True
    now = timezone.now()
    if row.open_until > now:
        return False
    free = models.Q(probe_until__isnull=True) | models.Q(probe_until__lte=now)
    lease = now + timedelta(seconds=settings.BREAKER_PAUSE_SECONDS)
    return EndpointHealth.objects.filter(free, key=key, open_until__lte=now).update(probe_until=lease) == 1


def is_closed(key: str) -> bool:
    """Whether it is in good standing. Takes no turn at trying, so it is for questions on the side."""
    return not EndpointHealth.objects.filter(key=key, open_until__isnull=False).exists()


def succeeded(key: str) -> None:
    EndpointHealth.objects.filter(key=key).exclude(failures=0, open_until=None).update(
        failures=0, open_until=None, probe_until=None
    )


def failed(key: str, code: str, retry_after: float | None = None) -> None:
    """Counts a failure; ``retry_after`` is how many seconds the endpoint asked to be left alone."""
    if code in CONTENT:
        succeeded(key)
        return
    now = timezone.now()
    EndpointHealth.objects.get_or_create(key=key)
    counted = {"failures": models.F("failures") + 1, "last_code": code[:24], "last_failure": now, "probe_until": None}
    EndpointHealth.objects.filter(key=key).update(**counted)
    pause = settings.BREAKER_PAUSE_SECONDS
    row = EndpointHealth.objects.filter(key=key)
    tripped = models.Q(failures__gte=settings.BREAKER_FAILURES) | models.Q(open_until__isnull=False)
    row.filter(tripped).update(open_until=now + timedelta(seconds=pause))
    if retry_after is not None:
        row.update(open_until=now + timedelta(seconds=min(max(retry_after, 0.0), _LONGEST_PAUSE)))


def abandoned(key: str) -> None:
    """Whoever tried it was stopped before anything was learnt: the next one may try."""
    EndpointHealth.objects.filter(key=key, probe_until__isnull=False).update(probe_until=None)


def in_words(key: str, now: datetime | None = None) -> str:
    """For administrators: how this endpoint stands."""
    row = EndpointHealth.objects.filter(key=key).first()
    if row is None or (not row.failures and row.open_until is None):
        return "in use"
    if row.open_until is None:
        return f"in use, {row.failures} failed in a row ({row.last_code})"
    left = (row.open_until - (now or timezone.now())).total_seconds()
    return f"left alone for {left:.0f} s ({row.last_code})" if left > 0 else f"to be tried again ({row.last_code})"

"""Files coming in and going for good, in counts only: how reading goes, and how long erasing takes."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Erasure
from ingest.models import IngestJob

WAITING = (IngestJob.State.QUEUED, IngestJob.State.RUNNING)


@dataclass(slots=True)
class Day:
    """Files by the day they came in, and erasures by the day they were asked for."""

    day: date
    ready: int = 0
    failed: int = 0
    waiting: int = 0
    pages: int = 0
    asked: int = 0
    erased: int = 0
    hours: float | None = None  # the longest from the wish to the proof

    @property
    def files(self) -> int:
        return self.ready + self.failed + self.waiting


@dataclass(frozen=True, slots=True)
class Operation:
    days: list[Day]
    waiting: int  # files, now
    oldest: datetime | None  # since when the one that waits longest waits
    seconds: float | None  # from coming in to being ready, half of the files of the period
    reasons: list[tuple[str, int]]  # code of a failure -> files of the period
    erasing: int  # wishes without a proof, now
    proofs: int
    hours: float | None = None
    whole: Day = field(default_factory=lambda: Day(date.min))


def operation(span: int) -> Operation:
    today = timezone.localdate()
    first = today - timedelta(days=span - 1)
    since = timezone.make_aware(datetime.combine(first, time()))
    days = {day: Day(day) for day in (first + timedelta(days=n) for n in range(span))}
    jobs = IngestJob.objects.filter(created__gte=since).order_by()
    by_day = jobs.annotate(day=TruncDate("created")).values_list("day", "state")
    for day, state, n, pages in by_day.annotate(n=Count("pk"), pages=Sum("pages_done")):
        if row := days.get(day):
            row.pages += pages or 0
            _count(row, state, n)
    _erasures(days, since)
    whole = Day(first)
    for row in days.values():
        for name in ("ready", "failed", "waiting", "pages", "asked", "erased"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
    took = [
        (finished - created).total_seconds()
        for created, finished in jobs.filter(state=IngestJob.State.DONE).values_list(
            "created", "finished"
        )
        if finished is not None
    ]
    left = IngestJob.objects.filter(state__in=WAITING)
    failed = jobs.filter(state=IngestJob.State.FAILED).values_list("error_code").annotate(n=Count("pk"))
    hours = [row.hours for row in days.values() if row.hours is not None]
    return Operation(
        days=list(days.values()),
        waiting=left.count(),
        oldest=left.aggregate(at=Min("created"))["at"],
        seconds=statistics.median(took) if took else None,
        reasons=sorted(((code or "unknown", n) for code, n in failed), key=lambda one: (-one[1], one[0])),
        erasing=Erasure.objects.filter(erased__isnull=True).count(),
        proofs=Erasure.objects.filter(erased__isnull=False).count(),
        hours=max(hours, default=None),
        whole=whole,
    )


def _count(row: Day, state: str, n: int) -> None:
    if state == IngestJob.State.DONE:
        row.ready += n
    elif state == IngestJob.State.FAILED:
        row.failed += n
    elif state in WAITING:
        row.waiting += n


def _erasures(days: dict[date, Day], since: datetime) -> None:
    longest: defaultdict[date, list[float]] = defaultdict(list)
    for asked, erased in Erasure.objects.filter(asked__gte=since).values_list("asked", "erased").order_by():
        day = timezone.localdate(asked)
        if row := days.get(day):
            row.asked += 1
            if erased is not None:
                row.erased += 1
                longest[day].append((erased - asked).total_seconds() / 3600)
    for day, hours in longest.items():
        days[day].hours = max(hours)

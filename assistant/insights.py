"""How the installation is doing, in counts only: no question, answer or document can be told from them."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from assistant.models import Answer
from knowledge.models import Document, DocumentVersion

DAYS = 28
_ANSWERED, _SILENT, _UNFINISHED = "answered", "silent", "unfinished"
DOCUMENT_STATES = {
    "ready": "Ready",
    "replaced": "Ready, but replaced by another",
    "late": "Ready, but past its review date",
    "reading": "Being read",
    "failed": "Could not be read",
}


@dataclass(slots=True)
class Day:
    """One day. ``median`` and ``slow`` (nine of ten answers were faster) are seconds, None without an answer."""

    day: date
    answered: int = 0
    silent: int = 0
    unfinished: int = 0
    median: float | None = None
    slow: float | None = None

    @property
    def questions(self) -> int:
        return self.answered + self.silent + self.unfinished


@dataclass(frozen=True, slots=True)
class Insights:
    """The last ``DAYS`` days, oldest first, all of them together, and the documents as they are now."""

    days: list[Day]
    whole: Day
    documents: dict[str, int]  # a key of DOCUMENT_STATES -> how many

    @property
    def answered_percent(self) -> int | None:
        finished = self.whole.answered + self.whole.silent
        return round(100 * self.whole.answered / finished) if finished else None


def insights() -> Insights:
    today = timezone.localdate()
    days = {day: Day(day) for day in (today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))}
    whole = Day(today)
    since = timezone.make_aware(datetime.combine(min(days), time()))
    answers = Answer.objects.filter(created__gte=since).order_by()
    counts = answers.annotate(day=TruncDate("created"), kind=_kind()).values_list("day", "kind")
    for day, kind, count in counts.annotate(n=Count("pk")):
        for row in (days[day], whole):
            setattr(row, kind, getattr(row, kind) + count)
    _time(answers, days, whole)
    return Insights(list(days.values()), whole, _documents(today))


def _kind() -> Case:
    return Case(
        When(~Q(state=Answer.State.COMPLETE), then=Value(_UNFINISHED)),
        When(abstained=True, then=Value(_SILENT)),
        default=Value(_ANSWERED),
        output_field=CharField(),
    )


def _time(answers: QuerySet[Answer], days: dict[date, Day], whole: Day) -> None:
    seconds: defaultdict[date, list[float]] = defaultdict(list)
    finished = answers.filter(state=Answer.State.COMPLETE).values_list("created", "timings_ms__total")
    for created, milliseconds in finished.iterator():
        if milliseconds is not None:
            seconds[timezone.localdate(created)].append(float(milliseconds) / 1000)
    all_of_them = [value for values in seconds.values() for value in values]
    for row, values in [(whole, all_of_them), *((days[day], values) for day, values in seconds.items())]:
        if values:
            row.median = statistics.median(values)
            row.slow = statistics.quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def _documents(today: date) -> dict[str, int]:
    being_read = DocumentVersion.objects.filter(document=OuterRef("pk"), state=DocumentVersion.State.PROCESSING)
    state = Case(
        When(Q(current__isnull=False, superseded_by__isnull=False), then=Value("replaced")),
        When(Q(current__isnull=False, review_by__lt=today), then=Value("late")),
        When(current__isnull=False, then=Value("ready")),
        When(Exists(being_read), then=Value("reading")),
        default=Value("failed"),
        output_field=CharField(),
    )
    live = Document.objects.filter(deleted__isnull=True, canary=False).order_by()
    found = dict(live.annotate(told=state).values_list("told").annotate(n=Count("pk")))
    return {name: found.get(name, 0) for name in DOCUMENT_STATES}

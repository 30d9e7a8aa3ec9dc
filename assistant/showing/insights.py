"""How the installation is doing, in counts only: no question, answer or document can be told from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from assistant.dashboards import rolling
from assistant.dashboards.figures import Figures
from assistant.models import Feedback, Review, Standing
from knowledge.models import Collection, Document, DocumentVersion

DAYS = 28
PERIODS = (7, 28, 90, 365)
_WEEKS_FROM = 91  # days; a picture of more has a column a week
DOCUMENT_STATES = {
    "ready": "Ready",
    "replaced": "Ready, but replaced by another",
    "late": "Ready, but past its review date",
    "reading": "Being read",
    "failed": "Could not be read",
}


@dataclass(slots=True)
class Day(Figures):
    """One day, or the week that begins on it: the answers, and what people said of answers then."""

    day: date = date.min
    up: int = 0
    down: int = 0
    supported: int = 0
    partly: int = 0
    unsupported: int = 0

    @property
    def silent_percent(self) -> int | None:
        return None if self.answered_percent is None else 100 - self.answered_percent

    @property
    def precision(self) -> int | None:
        """Of the footnoted sentences that reviewers judged: per cent that their quotes fully support."""
        judged = self.supported + self.partly + self.unsupported
        return round(100 * self.supported / judged) if judged else None

    def with_judgements(self, other: Day) -> None:
        self.add(other)
        for name in ("up", "down", "supported", "partly", "unsupported"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Insights:
    """Days of the period, oldest first, all of them together, by collection and by answerer, and the documents now."""

    days: list[Day]
    columns: list[Day]  # as the pictures show them: days, or weeks of a long period
    whole: Day
    collections: list[tuple[str, Figures]]
    answerers: list[tuple[str, Figures]]
    documents: dict[str, int] = field(default_factory=dict)  # a key of DOCUMENT_STATES -> how many

    @property
    def answered_percent(self) -> int | None:
        return self.whole.answered_percent


def insights(span: int = DAYS) -> Insights:
    today = timezone.localdate()
    first = today - timedelta(days=span - 1)
    days = {day: Day(day=day) for day in (first + timedelta(days=n) for n in range(span))}
    whole = Day(day=first)
    period = rolling.read(first, today)
    for day, figures in period.days.items():
        days[day].add(figures)
    _judgements(days, first)
    for row in days.values():
        whole.with_judgements(row)
    shelves = {str(pk): name for pk, name in Collection.objects.values_list("pk", "name")}
    return Insights(
        days=list(days.values()),
        columns=_columns(list(days.values())),
        whole=whole,
        collections=[
            (shelves.get(key, "a collection that is gone"), figures)
            for key, figures in _ordered(period.parts[rolling.COLLECTION])
        ],
        answerers=_ordered(period.parts[rolling.ANSWERER]),
        documents=_documents(today),
    )


def _ordered(named: dict[str, Figures]) -> list[tuple[str, Figures]]:
    """Most questions first."""
    return sorted(named.items(), key=lambda one: (-one[1].questions, one[0]))


def _judgements(days: dict[date, Day], first: date) -> None:
    since = timezone.make_aware(datetime.combine(first, time()))
    thumbs = Feedback.objects.filter(created__gte=since).annotate(day=TruncDate("created")).order_by()
    for day, helpful, n in thumbs.values_list("day", "helpful").annotate(n=Count("pk")):
        if day in days:
            setattr(days[day], "up" if helpful else "down", n)
    verdicts = Review.objects.filter(created__gte=since).annotate(day=TruncDate("created")).order_by()
    names = {Standing.SUPPORTED: "supported", Standing.PARTLY: "partly", Standing.UNSUPPORTED: "unsupported"}
    for day, verdict, n in verdicts.values_list("day", "verdict").annotate(n=Count("pk")):
        if day in days and verdict in names:
            setattr(days[day], names[Standing(verdict)], n)


def _columns(days: list[Day]) -> list[Day]:
    if len(days) < _WEEKS_FROM:
        return days
    weeks: list[Day] = []
    for at, row in enumerate(days):
        if at % 7 == len(days) % 7 or not weeks:
            weeks.append(Day(day=row.day))
        weeks[-1].with_judgements(row)
    return weeks


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

"""The figures of days: read from rows where the day is over and rolled up, counted from the answers otherwise.

So no figure is stale: a row is only written for a day on which nothing happens any more, and what has no row yet is
counted on the spot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from assistant.dashboards.figures import Figures
from assistant.dashboards.rows import AnswerDay
from assistant.models import Answer, Citation
from knowledge.models import Document

Key = tuple[date, str, str]  # day, part, key
ALL, COLLECTION, ANSWERER = AnswerDay.Part.ALL, AnswerDay.Part.COLLECTION, AnswerDay.Part.ANSWERER
_SETTLED = timedelta(hours=1)  # after midnight: answers that ran over it have ended
_AT_ONCE = 400  # days rolled up in one round
# Which answers were given in words that people verified, once there are such answers.
_VERIFIED = Q(verified__isnull=False) if any(f.name == "verified" for f in Answer._meta.get_fields()) else None


def read(first: date, last: date, part: AnswerDay.Part) -> dict[tuple[date, str], Figures]:
    """Figures by (day, key) of a part from one day to another, both included."""
    found: dict[tuple[date, str], Figures] = {}
    for row in AnswerDay.objects.filter(part=part, day__gte=first, day__lte=last).iterator():
        found[row.day, row.key] = _figures(row)
    for begin, end in _spans(_without_rows(first, last)):
        for (day, own, key), figures in count(begin, end, {part}).items():
            if own == part:
                found[day, key] = figures
    return found


def roll_up() -> int:
    """Writes the rows of days that are over and have none. Gives how many days. Again: changes nothing."""
    oldest = Answer.objects.order_by("created").values_list("created", flat=True).first()
    if oldest is None:
        return 0
    over = timezone.localdate(timezone.now() - _SETTLED) - timedelta(days=1)
    days = _without_rows(timezone.localdate(oldest), over)[:_AT_ONCE]
    for begin, end in _spans(days):
        counted = count(begin, end)
        for day in (begin + timedelta(days=n) for n in range((end - begin).days + 1)):
            counted.setdefault((day, ALL, ""), Figures())  # so that a day without a question is known, too
        AnswerDay.objects.bulk_create((_row(key, figures) for key, figures in counted.items()), ignore_conflicts=True)
    return len(days)


def _without_rows(first: date, last: date) -> list[date]:
    known = set(AnswerDay.objects.filter(part=ALL, day__gte=first, day__lte=last).values_list("day", flat=True))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day not in known]


def _spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in a row are counted in one go."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and spans[-1][1] + timedelta(days=1) == day:
            spans[-1] = spans[-1][0], day
        else:
            spans.append((day, day))
    return spans


def count(first: date, last: date, parts: Collection[str] = (ALL, COLLECTION, ANSWERER)) -> dict[Key, Figures]:
    """Counted from the answers."""
    answers = Answer.objects.filter(created__gte=_start(first), created__lt=_start(last + timedelta(days=1))).order_by()
    shelves = _shelves(first, last) if COLLECTION in parts else {}
    found: defaultdict[Key, Figures] = defaultdict(Figures)
    verified = ExpressionWrapper(_VERIFIED, BooleanField()) if _VERIFIED is not None else Value(False)
    named = ("pk", "day", "state", "abstained", "asked_back", "generator", "timings_ms__total", "cost", "currency")
    rows = answers.annotate(day=TruncDate("created"), by_people=verified).values_list(*named, "by_people")
    for pk, day, state, abstained, asked_back, generator, milliseconds, cost, currency, by_people in rows.iterator():
        one = Figures(cost=cost, currency=currency)
        kind = _kind(state, abstained, asked_back)
        setattr(one, kind, 1)
        one.verified = int(kind == "answered" and bool(by_people))
        if milliseconds is not None and state == Answer.State.COMPLETE:
            one.took(float(milliseconds))
        found[day, ALL, ""].add(one)
        if ANSWERER in parts:
            found[day, ANSWERER, generator or "none"].add(one)
        for shelf in shelves.get(pk, ()):
            found[day, COLLECTION, str(shelf)].add(one)
    return dict(found)


def _kind(state: str, abstained: bool, asked_back: str) -> str:
    if state != Answer.State.COMPLETE:
        return "unfinished"
    if asked_back:
        return "asked_back"
    return "silent" if abstained else "answered"


def _shelves(first: date, last: date) -> dict[Any, set[int]]:
    """The collections an answer is of: those it cites; without a footnote, that of the nearest document."""
    begin, end = _start(first), _start(last + timedelta(days=1))
    found: defaultdict[Any, set[int]] = defaultdict(set)
    cited = Citation.objects.filter(answer__created__gte=begin, answer__created__lt=end).order_by()
    for answer, shelf in cited.values_list("answer_id", "document__collection_id").distinct().iterator():
        found[answer].add(shelf)
    silent = Answer.objects.filter(created__gte=begin, created__lt=end, abstained=True).order_by()
    nearest = {pk: key for pk, key in silent.values_list("pk", "retrieved__0__document_id") if key and pk not in found}
    shelves = {str(pk): shelf for pk, shelf in Document.objects.values_list("pk", "collection_id").iterator()}
    for pk, key in nearest.items():
        if key in shelves:
            found[pk].add(shelves[key])
    return found


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _figures(row: AnswerDay) -> Figures:
    counted = {name: getattr(row, name) for name in ("answered", "silent", "asked_back", "unfinished", "verified")}
    times = Counter({int(step): n for step, n in row.times.items()})
    return Figures(**counted, cost=row.cost, currency=row.currency, times=times)


def _row(key: Key, figures: Figures) -> AnswerDay:
    day, part, name = key
    counted = {kind: getattr(figures, kind) for kind in ("answered", "silent", "asked_back", "unfinished", "verified")}
    times = {str(step): n for step, n in figures.times.items()}
    return AnswerDay(
        day=day, part=part, key=name, cost=figures.cost, currency=figures.currency, times=times, **counted
    )


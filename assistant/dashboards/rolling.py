"""The figures of days: read from rows where the day is over and rolled up, counted from the answers otherwise.

So no figure is stale: a row is only written for a day on which nothing happens any more, and what has no row yet is
counted on the spot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from assistant.dashboards.figures import COUNTS, Figures, Times
from assistant.dashboards.rows import AnswerDay
from assistant.models import Answer, Citation
from knowledge.models import Document

Key = tuple[date, str, str]  # day, part, key
ALL, COLLECTION, ANSWERER = AnswerDay.Part.ALL, AnswerDay.Part.COLLECTION, AnswerDay.Part.ANSWERER
_SETTLED = timedelta(hours=1)  # after midnight: answers that ran over it have ended
_FEW = 500  # documents that are named one by one
_AT_ONCE = 400  # days rolled up in one round


@dataclass(frozen=True, slots=True)
class Period:
    """``days`` of all answers; ``parts`` has those of the whole period by collection's id and by answerer."""

    days: dict[date, Figures]
    parts: dict[str, dict[str, Figures]]


def read(first: date, last: date) -> Period:
    """Figures from one day to another, both included. Days on which nobody asked are left out."""
    found = Period({}, {COLLECTION: {}, ANSWERER: {}})
    rolled = AnswerDay.objects.filter(day__gte=first, day__lte=last)
    for day, costs, times, *counts in rolled.filter(part=ALL).values_list("day", "costs", "times", *COUNTS):
        found.days[day] = _made(counts)
        _pay(found.days[day], costs)
        found.days[day].times += _unpacked(times)
    for part, named in found.parts.items():
        _read_part(rolled.filter(part=part), named)
    for begin, end in _spans(_without_rows(first, last)):
        for (day, part, key), figures in count(begin, end).items():
            if part == ALL:
                found.days[day] = figures
            else:
                found.parts[part].setdefault(key, Figures()).add(figures)
    return found


def _read_part(rows: QuerySet[AnswerDay], named: dict[str, Figures]) -> None:
    sums = {f"sum_{name}": Sum(name) for name in COUNTS}
    for key, *counts in rows.order_by().values_list("key").annotate(**sums):
        named[key] = _made(counts)
    steps: defaultdict[str, list[bytes | memoryview]] = defaultdict(list)
    for key, costs, times in rows.order_by().values_list("key", "costs", "times"):
        _pay(named[key], costs)
        steps[key].append(times)
    for key, several in steps.items():
        named[key].times += _unpacked(b"".join(several)).reshape(len(several), -1).sum(axis=0)


def _pay(figures: Figures, costs: Mapping[str, str]) -> None:
    for currency, cost in costs.items():
        figures.pay(Decimal(cost), currency)


def _made(counts: Sequence[int]) -> Figures:
    figures = Figures()
    for name, n in zip(COUNTS, counts, strict=True):
        setattr(figures, name, n)
    return figures


def _unpacked(times: bytes | memoryview) -> Times:
    return np.frombuffer(times, "<u4")


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


def count(first: date, last: date) -> dict[Key, Figures]:
    """Counted from the answers."""
    answers = Answer.objects.filter(created__gte=_start(first), created__lt=_start(last + timedelta(days=1))).order_by()
    shelves = _shelves(first, last)
    found: defaultdict[Key, Figures] = defaultdict(Figures)
    named = ("pk", "day", "state", "abstained", "asked_back", "generator", "timings_ms__total", "cost", "currency")
    rows = answers.annotate(day=TruncDate("created")).values_list(*named, "verified")
    for pk, day, state, abstained, asked_back, generator, milliseconds, cost, currency, verified in rows:
        kind = _kind(state, abstained, asked_back)
        taken = float(milliseconds) if milliseconds is not None and state == Answer.State.COMPLETE else None
        targets = [found[day, ALL, ""], found[day, ANSWERER, generator or "none"]]
        targets += [found[day, COLLECTION, str(shelf)] for shelf in shelves.get(pk, ())]
        for figures in targets:
            figures.count(kind, kind == "answered" and verified is not None, taken)
            figures.pay(cost, currency)
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
    # All at once, and without distinct: for a cursor that may be left early PostgreSQL reads every footnote in order.
    for answer, shelf in cited.values_list("answer_id", "document__collection_id"):
        found[answer].add(shelf)
    silent = Answer.objects.filter(created__gte=begin, created__lt=end, abstained=True).order_by()
    nearest = {pk: key for pk, key in silent.values_list("pk", "retrieved__0__document_id") if key and pk not in found}
    documents = Document.objects.filter(pk__in=set(nearest.values())) if len(nearest) < _FEW else Document.objects.all()
    shelves = {str(pk): shelf for pk, shelf in documents.order_by().values_list("pk", "collection_id")}
    for pk, key in nearest.items():
        if key in shelves:
            found[pk].add(shelves[key])
    return found


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _row(key: Key, figures: Figures) -> AnswerDay:
    day, part, name = key
    counted = {name: getattr(figures, name) for name in COUNTS}
    times = figures.times.astype("<u4").tobytes()
    costs = {currency: str(cost) for currency, cost in figures.costs.items()}
    return AnswerDay(day=day, part=part, key=name, costs=costs, times=times, **counted)

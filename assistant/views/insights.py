"""The administrators' page of pictures, and its numbers to take along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.policy import Audience, allow
from accounts.streaming import attachment, csv_lines
from assistant import charts
from assistant.dashboards.figures import Figures
from assistant.showing.insights import DAYS, DOCUMENT_STATES, PERIODS, Day, Insights, insights
from assistant.showing.insights_models import model_use
from knowledge.requests import asker

_COUNTED = ("questions", "answered", "found nothing", "asked back", "stopped or failed", "verified")
_TIMED = ("half within seconds", "nine of ten within seconds", "cost", "currency")
_JUDGED = ("thumbs up", "thumbs down", "supported", "partly supported", "not supported", "precision percent")


@require_GET
@allow(Audience.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    span = _span(request)
    found = insights(span)
    dates = [day.day for day in found.columns]
    most = max(found.documents.values(), default=0) or 1
    context = {
        "insights": found,
        "span": span,
        "periods": PERIODS,
        "weekly": len(found.columns) < len(found.days),
        "questions": charts.columns(dates, [_counts(day) for day in found.columns], list(map(_said, found.columns))),
        "times": charts.columns(dates, [_seconds(day) for day in found.columns], list(map(_timed, found.columns))),
        "judged": charts.columns(dates, [_verdicts(day) for day in found.columns], list(map(_judged, found.columns))),
        "documents": [
            (label, found.documents[name], round(100 * found.documents[name] / most), name)
            for name, label in DOCUMENT_STATES.items()
        ],
        "models": model_use([day.day for day in found.days]),
        "document_total": sum(found.documents.values()),
    }
    return render(request, "assistant/insights.html", context)


@require_GET
@allow(Audience.ADMINISTRATOR)
def insights_csv(request: HttpRequest, table: str) -> StreamingHttpResponse:
    """One table of the page: days, collections or answerers."""
    if table not in {"days", "collections", "answerers"}:
        raise Http404
    found = insights(_span(request))
    audit.record(asker(request), "insights.exported", None, table=table)
    head, rows = _table(found, table)
    name = f"footnote-{table}-{timezone.localdate():%Y-%m-%d}.csv"
    return attachment(request, csv_lines(head, rows), name, "text/csv; charset=utf-8")


def _table(found: Insights, table: str) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    if table == "days":
        return ("day", *_COUNTED, *_TIMED, *_JUDGED), (
            (day.day, *_cells(day), day.up, day.down, day.supported, day.partly, day.unsupported, day.precision)
            for day in found.days
        )
    named = found.collections if table == "collections" else found.answerers
    return (table[:-1], *_COUNTED, *_TIMED), ((name, *_cells(figures)) for name, figures in named)


def _cells(row: Figures) -> tuple[object, ...]:
    seconds = (None if value is None else round(value, 3) for value in (row.median, row.slow))
    counted = (row.questions, row.answered, row.silent, row.asked_back, row.unfinished, row.verified)
    return (*counted, *seconds, row.cost, row.currency)


def _span(request: HttpRequest) -> int:
    wanted = request.GET.get("days", "")
    return int(wanted) if wanted in map(str, PERIODS) else DAYS


def _counts(day: Day) -> list[tuple[str, float]]:
    return [
        ("answered", day.answered),
        ("silent", day.silent),
        ("asked-back", day.asked_back),
        ("unfinished", day.unfinished),
    ]


def _seconds(day: Day) -> list[tuple[str, float]]:
    if day.median is None or day.slow is None:
        return []
    return [("median", day.median), ("slow", day.slow - day.median)]


def _verdicts(day: Day) -> list[tuple[str, float]]:
    return [("answered", day.supported), ("silent", day.partly), ("unfinished", day.unsupported)]


def _said(day: Day) -> str:
    parts = (
        f"{day.answered} answered, {day.silent} without an answer, {day.asked_back} asked back, "
        f"{day.unfinished} stopped or failed"
    )
    return f"{_named(day)}: {parts}"


def _timed(day: Day) -> str:
    if day.median is None or day.slow is None:
        return ""
    return f"{_named(day)}: half within {day.median:.2f} s, nine of ten within {day.slow:.2f} s"


def _judged(day: Day) -> str:
    return f"{_named(day)}: {day.supported} supported, {day.partly} partly, {day.unsupported} not"


def _named(day: Day) -> str:
    return f"{day.day:%A} {day.day.day} {day.day:%B}"

"""The administrators' page of pictures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policy import Audience, allow
from assistant import charts
from assistant.insights import DAYS, DOCUMENT_STATES, Day, insights
from assistant.insights_models import model_use


@require_GET
@allow(Audience.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    found = insights()
    dates = [day.day for day in found.days]
    most = max(found.documents.values(), default=0) or 1
    context = {
        "insights": found,
        "span": DAYS,
        "questions": charts.columns(dates, [_counts(day) for day in found.days], [_said(day) for day in found.days]),
        "times": charts.columns(dates, [_seconds(day) for day in found.days], [_timed(day) for day in found.days]),
        "documents": [
            (label, found.documents[name], round(100 * found.documents[name] / most), name)
            for name, label in DOCUMENT_STATES.items()
        ],
        "models": model_use(dates),
        "document_total": sum(found.documents.values()),
    }
    return render(request, "assistant/insights.html", context)


def _counts(day: Day) -> list[tuple[str, float]]:
    return [("answered", day.answered), ("silent", day.silent), ("unfinished", day.unfinished)]


def _seconds(day: Day) -> list[tuple[str, float]]:
    if day.median is None or day.slow is None:
        return []
    return [("median", day.median), ("slow", day.slow - day.median)]


def _said(day: Day) -> str:
    parts = f"{day.answered} answered, {day.silent} without an answer, {day.unfinished} stopped or failed"
    return f"{day.day:%A} {day.day.day} {day.day:%B}: {parts}"


def _timed(day: Day) -> str:
    if day.median is None or day.slow is None:
        return ""
    return (
        f"{day.day:%A} {day.day.day} {day.day:%B}: half within {day.median:.2f} s, nine of ten within {day.slow:.2f} s"
    )

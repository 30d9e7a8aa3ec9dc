"""For administrators: how files come in, and proofs that what was deleted is gone, as pictures and tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.policy import Audience, allow
from accounts.streaming import attachment, csv_lines
from assistant import charts
from config.operation import Day, operation
from ingest.presenting import FAILURES
from knowledge.requests import asker

PERIODS = (7, 28, 90)
_HEAD = ("day", "files", "ready", "failed", "waiting", "pages", "deletions asked for", "erased", "longest hours")


@require_GET
@allow(Audience.ADMINISTRATOR)
def operation_page(request: HttpRequest) -> HttpResponse:
    span = _span(request)
    found = operation(span)
    dates = [day.day for day in found.days]
    context = {
        "found": found,
        "reasons": [(FAILURES.get(code, "Something else"), count) for code, count in found.reasons],
        "span": span,
        "periods": PERIODS,
        "files": charts.columns(dates, [_files(day) for day in found.days], [_said(day) for day in found.days]),
        "gone": charts.columns(dates, [_gone(day) for day in found.days], [_erased(day) for day in found.days]),
    }
    return render(request, "protection/operation.html", context)


@require_GET
@allow(Audience.ADMINISTRATOR)
def operation_csv(request: HttpRequest) -> StreamingHttpResponse:
    audit.record(asker(request), "insights.exported", None, table="operation")
    rows = (
        (row.day, row.files, row.ready, row.failed, row.waiting, row.pages, row.asked, row.erased, _rounded(row.hours))
        for row in operation(_span(request)).days
    )
    name = f"footnote-operation-{timezone.localdate():%Y-%m-%d}.csv"
    return attachment(request, csv_lines(_HEAD, rows), name, "text/csv; charset=utf-8")


def _span(request: HttpRequest) -> int:
    wanted = request.GET.get("days", "")
    return int(wanted) if wanted in map(str, PERIODS) else 28


def _rounded(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 2)


def _files(day: Day) -> list[tuple[str, float]]:
    return [("answered", day.ready), ("asked-back", day.waiting), ("unfinished", day.failed)]


def _gone(day: Day) -> list[tuple[str, float]]:
    return [("answered", day.erased), ("unfinished", day.asked - day.erased)]


def _said(day: Day) -> str:
    return f"{day.day:%A} {day.day.day} {day.day:%B}: {day.ready} ready, {day.waiting} waiting, {day.failed} failed"


def _erased(day: Day) -> str:
    return f"{day.day:%A} {day.day.day} {day.day:%B}: {day.asked} asked for, {day.erased} erased with a proof"

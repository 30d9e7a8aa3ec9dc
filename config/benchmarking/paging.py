"""The process that fills a database and opens its pages; see ``pages.py``. Prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # the apps must be there first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from assistant.dashboards.rolling import roll_up  # noqa: E402
from config.benchmarking.filling import fill  # noqa: E402

_PATIENCE_MS = 20_000  # of one page; a slow one is opened twice at least
PAGES = {
    "ada": [
        *(f"/insights/?days={days}" for days in (7, 28, 90, 365)),
        "/insights/days.csv?days=365",
        "/insights/operation/",
        "/insights/silence/",
        "/protection/",
        "/protection/trail/",
        "/protection/trail/?page=2000",
        "/protection/trail/?action=answer.given",
        "/protection/trail/?action=grant.none",
        "/protection/trail/?who=person7",
        "/protection/trail/?since=2026-01-01&until=2026-12-31&action=document.read",
        "/admin/assistant/answer/",
        "/admin/assistant/feedback/",
        "/admin/assistant/review/",
        "/admin/accounts/auditevent/",
        "/admin/knowledge/document/",
        "/permission/",
        "/metrics",
        "/your-data/",
    ],
    "rita": ["/review/", "/notices/", "/"],
    "alice": [
        "/gaps/", "/documents/due/", "/documents/", "/notices/", "/notices/?page=50", "/conversations/", "/",
        "/upload/", "/your-data/",
    ],
}  # fmt: skip


def measure(repeats: int) -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["testserver"]
    figures = {}
    for name, pages in PAGES.items():
        browser = Client()
        browser.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        for page in pages:
            figures[f"{name} {page}"] = _page(browser, page, repeats)
    return figures


def _page(browser: Client, page: str, repeats: int) -> dict[str, Any]:
    asked: list[tuple[float, str]] = []

    def timed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            asked.append((time.perf_counter() - started, sql))

    with connection.execute_wrapper(timed):
        status = _open(browser, page)
    taken: list[float] = []
    while (len(taken) < repeats and sum(taken) < _PATIENCE_MS) or len(taken) < 2:
        started = time.perf_counter()
        _open(browser, page)
        taken.append((time.perf_counter() - started) * 1000)
    seconds, sql = max(asked, default=(0.0, ""))
    cuts = quantiles(taken, n=20, method="inclusive")
    return {
        "status": status,
        "p50": round(cuts[9], 1),
        "p95": round(cuts[18], 1),
        "queries": len(asked),
        "slowest": f"{seconds * 1000:.0f} ms {sql[:600]}",
    }


def _open(browser: Client, page: str) -> int:
    response = browser.get(page)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]  # of a streaming response
    return response.status_code


def main(answers: int, lines: int, repeats: int) -> None:
    started = time.perf_counter()
    fill(answers, lines)
    filled = time.perf_counter()
    days = roll_up()
    rolled = time.perf_counter()
    found = {
        "database": connection.vendor,
        "answers": answers,
        "lines": lines,
        "fill_seconds": round(filled - started, 1),
        "roll_up_seconds": round(rolled - filled, 1),
        "days": days,
        "pages": measure(repeats),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))

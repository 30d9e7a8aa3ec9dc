"""The processes that fill a database and open its pages; see ``pages.py``. Each prints one line of JSON."""

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
from assistant.models import Conversation, SetRun  # noqa: E402
from assistant.reviewing.queue import next_item  # noqa: E402
from config.benchmarking.filling import fill  # noqa: E402
from config.warm_up import settle  # noqa: E402
from knowledge.models import Document  # noqa: E402

_PATIENCE_MS = 20_000  # of one page; a slow one is opened twice at least
_REVIEWING = [
    "/review/", "/review/?after={answer}", "/review/{answer}/", "/review/{answer}/assign/", "/review/{answer}/correct/",
    *(f"/review/list/{query}" for query in (
        "", "?page=100", "?whose=mine", "?whose=free", "?whose=overdue", "?whose=differ", "?whose=done",
        "?whose=done&page=100", "?reason=thumbs_down", "?collection=shelf-1", "?collection=shelf-0",
    )),
    "/review/verified/", "/review/verified/?state=in_force&page=20",
    "/evaluation/", "/evaluation/sets/reviews/", "/evaluation/runs/{run}/",
]  # fmt: skip
PAGES = {
    "ada": [
        *(f"/insights/?days={days}" for days in (7, 28, 90, 365)),
        *(f"/insights/{table}.csv?days=365" for table in ("days", "collections", "answerers")),
        "/insights/operation/",
        "/insights/operation/?days=90",
        "/insights/silence/",
        "/protection/",
        "/protection/trail/",
        "/protection/trail/?page=2000",
        "/protection/trail/?action=answer.given",
        "/protection/trail/?action=grant.none",
        "/protection/trail/?who=person7",
        "/protection/trail/?since=2026-01-01&until=2026-12-31&action=document.read",
        "/admin/",
        "/admin/assistant/answer/",
        "/admin/assistant/feedback/",
        "/admin/assistant/review/",
        "/admin/accounts/auditevent/",
        "/admin/accounts/user/",
        "/admin/knowledge/document/",
        "/admin/knowledge/documentversion/",
        "/admin/ingest/ingestjob/",
        "/permission/",
        "/permission/?q=7",
        "/permission/document/{document}/",
        "/permission/people/{person}/",
        "/model-card/",
        "/metrics",
        "/your-data/",
        "/review/",
        "/review/list/",
        "/review/policy/",
        "/evaluation/",
    ],
    "rita": [*_REVIEWING, "/gaps/", "/documents/", "/notices/", "/"],
    "alice": [
        "/gaps/", "/documents/due/", "/documents/", "/documents/?page=30&sort=-updated", "/documents/?q=7&state=ready",
        "/documents/{document}/", "/documents/{document}/answers/", "/notices/", "/notices/?page=50",
        "/conversations/", "/conversations/?q=what", "/c/{conversation}/", "/shared/", "/", "/upload/", "/upload/jobs/",
        "/your-data/", "/sessions/",
    ],
}  # fmt: skip


def _places() -> dict[str, object]:
    """What the addresses above leave open: an answer to review, a conversation of Alice's, and so on."""
    item = next_item(User.objects.get(username="rita"))
    if item is None:
        raise LookupError("Nothing waits for a review.")
    return {
        "answer": item.answer_id,
        "run": SetRun.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "document": Document.objects.visible_to(User.objects.get(username="alice")).values_list("pk", flat=True)[0],
        "person": User.objects.values_list("pk", flat=True).get(username="person7"),
        "conversation": Conversation.objects.filter(user__username="alice").values_list("pk", flat=True)[0],
    }


def measure(repeats: int) -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["testserver"]
    settle()  # as a web process does when it starts
    figures = {}
    places = _places()
    for name, pages in PAGES.items():
        browser = Client()
        browser.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        for page in pages:
            figures[f"{name} {page}"] = _page(browser, page.format(**places), repeats)
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


def prepare(answers: int, lines: int) -> dict[str, Any]:
    started = time.perf_counter()
    fill(answers, lines)
    filled = time.perf_counter()
    days = roll_up()
    return {
        "database": connection.vendor,
        "answers": answers,
        "lines": lines,
        "fill_seconds": round(filled - started, 1),
        "roll_up_seconds": round(time.perf_counter() - filled, 1),
        "days": days,
    }


def main(task: str, *numbers: int) -> None:
    """``fill ANSWERS LINES`` or ``measure REPEATS``: two processes, since what filling leaves in memory would be
    looked through by the garbage collector while pages are timed."""
    found = prepare(*numbers) if task == "fill" else measure(*numbers)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

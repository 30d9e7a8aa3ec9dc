"""A load test from beginning to end, and its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config.load.site import LoadFailed, Site, Usage, running_site

_PEOPLE = Path(__file__).with_name("people.py")
_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """``python``: one that has locust, None for this one. ``think`` are seconds between two questions of a person."""

    users: int = 200
    minutes: float = 3.0
    think: float = 30.0
    answer_threads: int = 64
    python: str | None = None
    indexing: bool = True


def load_test(asked: Asked) -> dict[str, Any]:
    """All figures by name. Raises LoadFailed when a part does not start."""
    _require_locust(asked)
    with running_site(asked.users, asked.answer_threads) as (site, sessions):
        start = site.usage()
        ingest = site.ingest() if asked.indexing else None
        try:
            results, most = _run(asked, site, sessions)
        finally:
            indexing_went_on = ingest is not None and ingest.poll() is None
            if ingest is not None:
                ingest.terminate()
                ingest.wait()
        return _figures(results, site.retrieval_ms()) | {
            "memory_peak_mb": most.megabytes,
            "usage_at_start": asdict(start),
            "usage_at_end": asdict(site.usage()),
            "indexing_to_the_end": indexing_went_on,
        }


def _require_locust(asked: Asked) -> None:
    python = asked.python or sys.executable
    if subprocess.run([python, "-c", "import locust"], check=False, capture_output=True).returncode:
        raise LoadFailed(
            "locust is not installed there. Make an environment for it, install requirements-load.lock into it, and "
            "name its Python with --python."
        )


def _run(asked: Asked, site: Site, sessions: Path) -> tuple[dict[str, Any], Usage]:
    """What the people saw, and the most the site used meanwhile."""
    results = site.home / "results.json"
    command = [asked.python or sys.executable, "-m", "locust", "-f", str(_PEOPLE), "--headless", "--only-summary"]
    size = ["--users", str(asked.users), "--spawn-rate", "20", "--run-time", f"{round(asked.minutes * 60)}s"]
    environment = {
        **os.environ,
        "FOOTNOTE_LOAD_SESSIONS": str(sessions),
        "FOOTNOTE_LOAD_THINK": str(asked.think),
        "FOOTNOTE_LOAD_RESULTS": str(results),
    }
    most = site.usage()
    with (site.home / "locust.log").open("wb") as log:
        people = subprocess.Popen(
            [*command, *size, "--host", site.url, "--stop-timeout", "20"], env=environment, stdout=log, stderr=log
        )
        while people.poll() is None:
            time.sleep(_EVERY_SECONDS)
            most = max(most, site.usage(), key=lambda usage: usage.megabytes)
    if not results.exists():
        raise LoadFailed(f"locust ended without figures:\n{(site.home / 'locust.log').read_text()[-2000:]}")
    return json.loads(results.read_text()), most


def _figures(results: dict[str, Any], retrieval: Sequence[float]) -> dict[str, Any]:
    seen, tally = results["figures"], results["tally"]
    questions = tally["questions"]
    return {
        "questions": questions,
        "answers": len(seen["whole_answer"]),
        "errors": tally["errors"],
        "error_share": round(tally["errors"] / questions, 5) if questions else 0.0,
        "told_to_wait": tally["busy"],
        "most_open_streams": tally["most_open"],
        "retrieval_p95_ms": percentile(retrieval, 95),
        # The stub begins at once, so what is waited for is not the model's.
        "first_token_p50_s": percentile(seen["first_token"], 50),
        "first_token_p95_s": percentile(seen["first_token"], 95),
        "page_p95_s": percentile(seen["page"], 95),
        "asked_p95_s": percentile(seen["asked"], 95),
        "whole_answer_p95_s": percentile(seen["whole_answer"], 95),
    }


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed; 0 when there is none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)], 3)

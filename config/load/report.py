"""A load test from beginning to end, and its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.evaluating.measuring import quantile
from config.load.indexing import Indexing
from config.load.site import LoadFailed, Site, Usage, running_site

_PEOPLE = Path(__file__).with_name("people.py")
_EVERY_SECONDS = 5.0
_TOLD_MINUTES = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """``python``: one that has locust, None for this one. ``think`` are seconds between two questions of a person.

    ``batch`` new documents at a time, 0 for none, ``pause`` seconds apart.
    """

    users: int = 200
    minutes: float = 3.0
    think: float = 30.0
    answer_threads: int = 64
    web_processes: int = 1
    python: str | None = None
    batch: int = 400
    pause: float = 0.0


def load_test(asked: Asked, tell: Callable[[str], object]) -> dict[str, Any]:
    """All figures by name. ``tell`` hears now and then what is used. Raises LoadFailed when a part does not start."""
    _require_locust(asked)
    with running_site(asked.users, asked.answer_threads, asked.web_processes) as (site, sessions):
        start = site.usage()
        indexing = Indexing(site.home, site.environment, asked.batch, asked.pause)
        with indexing if asked.batch else nullcontext():
            results, used = _run(asked, site, sessions, tell)
        return _figures(results, site.retrieval_ms()) | {
            "memory_peak_mb": max(one.megabytes for one in used),
            "usage_at_start": asdict(start),
            "usage_at_end": asdict(site.usage()),
            "over_time": growth(used),
            "documents_indexed": indexing.documents,
            "batches_begun": indexing.begun,
            "batches_failed": indexing.failed,
        }


def _require_locust(asked: Asked) -> None:
    python = asked.python or sys.executable
    if subprocess.run([python, "-c", "import locust"], check=False, capture_output=True).returncode:
        raise LoadFailed(
            "locust is not installed there. Make an environment for it, install requirements-load.lock into it, and "
            "name its Python with --python."
        )


def _run(asked: Asked, site: Site, sessions: Path, tell: Callable[[str], object]) -> tuple[dict[str, Any], list[Usage]]:
    """What the people saw, and what the site used meanwhile, every few seconds."""
    results = site.home / "results.json"
    command = [asked.python or sys.executable, "-m", "locust", "-f", str(_PEOPLE), "--headless", "--only-summary"]
    size = ["--users", str(asked.users), "--spawn-rate", "20", "--run-time", f"{round(asked.minutes * 60)}s"]
    environment = {
        **os.environ,
        "FOOTNOTE_LOAD_SESSIONS": str(sessions),
        "FOOTNOTE_LOAD_THINK": str(asked.think),
        "FOOTNOTE_LOAD_RESULTS": str(results),
    }
    used = [site.usage()]
    began, told = time.monotonic(), 0.0
    with (site.home / "locust.log").open("wb") as log:
        people = subprocess.Popen(
            [*command, *size, "--host", site.url, "--stop-timeout", "20"], env=environment, stdout=log, stderr=log
        )
        while people.poll() is None:
            time.sleep(_EVERY_SECONDS)
            used.append(site.usage())
            minutes = (time.monotonic() - began) / 60
            if minutes >= told + _TOLD_MINUTES:
                told = minutes
                tell(f"{minutes:.0f} min: {used[-1].megabytes} MB, {used[-1].descriptors} descriptors")
    if not results.exists():
        raise LoadFailed(f"locust ended without figures:\n{(site.home / 'locust.log').read_text()[-2000:]}")
    return json.loads(results.read_text()), used


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
        "retrieval_p95_ms": _at(retrieval, 0.95),
        # The stub begins at once, so what is waited for is not the model's.
        "first_token_p50_s": _at(seen["first_token"], 0.5),
        "first_token_p95_s": _at(seen["first_token"], 0.95),
        "page_p95_s": _at(seen["page"], 0.95),
        "asked_p95_s": _at(seen["asked"], 0.95),
        "whole_answer_p95_s": _at(seen["whole_answer"], 0.95),
    }


def _at(values: Sequence[float], share: float) -> float | None:
    return quantile(sorted(values), share, places=3)


def growth(samples: Sequence[Usage]) -> dict[str, float]:
    """What the site used in the second and in the last fifth of the time, medians: in the first it warms up.

    ``memory_growth`` is a share of the earlier figure. Empty for fewer than five samples.
    """
    size = len(samples) // 5
    if not size:
        return {}
    early, late = samples[size : 2 * size], samples[-size:]
    memory, later = (median(one.megabytes for one in part) for part in (early, late))
    return {
        "memory_early_mb": memory,
        "memory_late_mb": later,
        "memory_growth": round(later / memory - 1, 4),
        "descriptors_early": median(one.descriptors for one in early),
        "descriptors_late": median(one.descriptors for one in late),
    }

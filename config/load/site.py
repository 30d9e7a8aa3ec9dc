"""An installation under load: all that ``make run`` starts, in a home of its own, and the stub model beside it."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from knowledge.errors import FootnoteError

_START_SECONDS = 180


class LoadFailed(FootnoteError):
    """A part did not start; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all processes of the site together."""

    megabytes: float
    descriptors: int
    processes: int


@dataclass(frozen=True, slots=True)
class Site:
    url: str
    home: Path
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def usage(self) -> Usage:
        """Memory counted by its share where processes share it (PSS)."""
        pids = list(_family(self.process.pid))
        return Usage(round(sum(map(_megabytes, pids)), 1), sum(map(_descriptors, pids)), len(pids))

    def retrieval_ms(self) -> list[float]:
        """What finding passages took for each finished answer, waiting for a core included."""
        with sqlite3.connect(self.home / "footnote.sqlite3", timeout=30) as database:
            rows = database.execute("select timings_ms from assistant_answer where state = 'complete'").fetchall()
        found = [timings for (text,) in rows if "search" in (timings := json.loads(text))]
        return [sum(float(timings.get(name, 0.0)) for name in ("wait", "embed", "search")) for timings in found]


@contextmanager
def running_site(people: int, answer_threads: int, web_processes: int) -> Iterator[tuple[Site, Path]]:
    """The site, and the file with one session for each of so many people."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-load-")))
        environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        model = stack.enter_context(_ended(_stub(home, environment)))
        address = home / "model"
        _wait(address.exists, model, home / "stub.log")
        environment |= {
            "FOOTNOTE_GENERATOR": "openai",
            "FOOTNOTE_GENERATOR_URL": address.read_text(),
            "FOOTNOTE_GENERATOR_MODEL": "stub",
            "FOOTNOTE_ANSWER_THREADS": str(answer_threads),
            "FOOTNOTE_WEB_PROCESSES": str(web_processes),
        }
        manage, sessions = str(settings.BASE_DIR / "manage.py"), home / "sessions.json"
        _run([sys.executable, manage, "migrate", "-v0"], environment)
        _run([sys.executable, "-m", "config.load.seeding", str(people), str(sessions)], environment)
        bind = f"127.0.0.1:{_free_port()}"
        with (home / "up.log").open("wb") as log:
            command = [sys.executable, manage, "up", "--no-sample", "--bind", bind]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=settings.BASE_DIR)
        stack.enter_context(_ended(process))
        _wait(lambda: _answers(f"http://{bind}/health/"), process, home / "up.log")
        yield Site(f"http://{bind}", home, process, environment), sessions


def _stub(home: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "config.load.stub", str(home / "model")]
    with (home / "stub.log").open("wb") as log:
        return subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log, cwd=settings.BASE_DIR)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=False, cwd=settings.BASE_DIR
    )
    if done.returncode:
        raise LoadFailed(f"{' '.join(command[1:3])} failed:\n{done.stderr[-2000:]}")


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LoadFailed(f"It did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # our own loopback site
    except (urllib.error.URLError, OSError):
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> Iterator[int]:
    """The process and all that came from it (Linux)."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield from _family(int(child))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # the process has just ended


def _megabytes(pid: int) -> float:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _descriptors(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0

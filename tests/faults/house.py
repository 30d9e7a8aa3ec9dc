"""A whole installation around the test's own database: the real broker and real worker processes that can be harmed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing import conversations
from assistant.models import Answer
from config.broker import EmbeddedValkey
from config.processes import start_child, stop_children
from ingest.models import IngestJob
from ingest.uploads import Accepted, accept_upload
from knowledge.models import Collection

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 180
LEASE_SECONDS = 5
_ROUTINE = ("ingest.tasks.sweep", "ingest.tasks.snapshot_index")  # run all the time
QUICK, LONG = settings.INGEST_LANES
ENDED = (IngestJob.State.DONE, IngestJob.State.FAILED, IngestJob.State.CANCELLED)


class House:
    """The test process and the workers share the home, the database and the broker."""

    def __init__(self, home: Path, database: str, faults: Path) -> None:
        self.home = home
        self._empty()  # of what tests before it left there
        self.faults = faults
        self.log = faults / "worker.log"
        self.broker = EmbeddedValkey(home)
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("FOOTNOTE_", "DJANGO_"))},
            "DATABASE_URL": f"sqlite:///{database}",
            "FAULTS": str(faults),
            "FOOTNOTE_HOME": str(home),
            "FOOTNOTE_INDEX_SNAPSHOT_EVERY": "1",
            "FOOTNOTE_INGEST_LEASE_SECONDS": str(LEASE_SECONDS),
            "FOOTNOTE_LOG_LEVEL": "INFO",
        }
        self.env.pop("REDIS_URL", None)
        self.workers: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        stop_children(self.workers, grace=2)
        self.broker.stop()
        self._empty()

    def _empty(self) -> None:
        for name in ("index", "valkey", "files"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        for path in self.home.glob("celerybeat-schedule*"):
            path.unlink(missing_ok=True)

    def start_worker(
        self, queues: str = f"{QUICK},{LONG}", *, beat: bool = True, **env: str
    ) -> subprocess.Popen[bytes]:
        """One worker as ``manage.py up`` starts it; it serves both lanes unless told otherwise."""
        name = f"worker{len(self.workers)}"
        command = [
            *(sys.executable, "-m", "tests.faults.faulty", "celery", "-A", "config", "worker"),
            *("--hostname", f"{name}@here", "--concurrency", "1", "--queues", queues),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle", *(["--beat"] if beat else [])),
        ]
        worker = start_child(command, self.log, cwd=ROOT, env={**self.env, **env})
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """``kill -9`` of a worker with the process that does its work."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def keep_a_worker(self) -> None:
        """As the supervisor does: one that died is started again."""
        if not self.workers or self.workers[-1].poll() is not None:
            self.start_worker()

    def _told(self) -> str:
        """The end of the workers' log, without what the clock has them do all the time."""
        if not self.log.exists():
            return "no worker ran"
        lines = self.log.read_text().splitlines()
        return "\n".join(line for line in lines if not any(name in line for name in _ROUTINE))[-8000:]

    def command(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """``manage.py`` in a process of its own, with the same faults."""
        line = [sys.executable, "-m", "tests.faults.faulty", "manage", *args]
        return subprocess.run(
            line, cwd=ROOT, env={**self.env, **env}, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def order(self, step: str, do: str, **details: Any) -> None:
        (self.faults / step).write_text(json.dumps({"do": do, **details}))

    def met(self, step: str) -> bool:
        return (self.faults / f"{step}.met").exists()

    def let_go(self, step: str) -> None:
        (self.faults / f"{step}.go").touch()

    def wait(self, what: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
        deadline = time.monotonic() + SECONDS
        while not what():
            assert time.monotonic() < deadline, self._told()
            meanwhile()
            time.sleep(0.05)


def upload(user: User, collection: Collection, name: str, text: str, *, send: bool = True) -> Accepted:
    return accept_upload(user=user, collection=collection, name=name, file=ContentFile(text.encode()), send=send)


def all_ended(names: Sequence[str] = ()) -> bool:
    jobs = IngestJob.objects.filter(version__filename__in=names) if names else IngestJob.objects.all()
    return not jobs.exclude(state__in=ENDED).exists()


def pages_of(word: str, sections: int = 3) -> str:
    """A small text with sections; no two words give the same passages."""
    return "\n\n".join(
        f"## {word} rule {n}\n\nRoom {n} of {word} is cleaned at {n} o'clock by team {word}." for n in range(sections)
    )


def ask(user: User, question: str) -> Answer:
    """Asks as the chat page does, and gives the finished answer."""
    answer = conversations.ask(user, question)
    for _ in answering(answer.pk):
        pass
    answer.refresh_from_db()
    return answer

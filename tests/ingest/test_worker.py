"""The real queue and real worker processes, in a home of their own, reached by the command a person would use."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from config.broker import EmbeddedValkey
from config.installation import workers
from config.processes import start_child, stop_child

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
STATES = """select version.filename, job.state from ingest_ingestjob job
            join knowledge_documentversion version on version.id = job.version_id"""


class Site:
    """A home with a database, a broker and workers that can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("FOOTNOTE_", "DJANGO_"))},
            "FOOTNOTE_HOME": str(home),
            "FOOTNOTE_INGEST_LEASE_SECONDS": "4",
            "FOOTNOTE_LOG_LEVEL": "INFO",
        }
        self.env.pop("REDIS_URL", None)
        self.broker = EmbeddedValkey(home)
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *args]
        result = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=SECONDS)
        assert not check or result.returncode == 0, result.stderr
        return result

    def start_worker(self, command: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """One that serves everything, unless a command says otherwise."""
        everything = (sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--concurrency=1")
        command = command or everything
        worker = start_child(command, self.home / "logs" / "worker.log", cwd=ROOT, env=self.env)
        self.workers.append(worker)
        return worker

    def ingest(self, *args: str) -> list[str]:
        place = ["--collection", "Team", "--as", "alice", "--create", "--grant", "everyone", "--json"]
        return [sys.executable, "manage.py", "ingest", *args, *place]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "footnote.sqlite3", timeout=20) as database:
            return database.execute(sql).fetchall()

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not what():
            assert time.monotonic() < deadline, (self.home / "logs" / "worker.log").read_text()[-3000:]
            time.sleep(0.1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "home")
    site.manage("migrate", "--verbosity", "0")
    site.manage("shell", "-c", "from accounts.models import User; User.objects.create_user('alice')")
    site.broker.start()
    yield site
    for worker in site.workers:
        stop_child(worker)
    site.broker.stop()


def test_a_killed_worker_costs_time_and_nothing_else(site: Site, tmp_path: Path) -> None:
    book = tmp_path / "long book.md"
    book.write_text(
        "\n\n".join(f"## Rule {n}\n\nRule number {n} says that room {n} is cleaned at noon." for n in range(900))
    )
    worker = site.start_worker()
    command = subprocess.Popen(
        site.ingest(str(book)), cwd=ROOT, env=site.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    site.wait_for(lambda: bool(site.rows("select 1 from ingest_ingestjob where passages_done > 0")))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert site.rows("select state from ingest_ingestjob") == [("running",)]
    assert site.rows("select count(*) from knowledge_passage") == [(0,)]
    site.start_worker()
    out, err = command.communicate(timeout=SECONDS)
    assert command.returncode == 0, err
    (document,) = json.loads(out)["documents"]
    assert (document["state"], document["pages"], document["passages"]) == ("ready", 1, 900)
    assert site.rows("select state, attempts from ingest_ingestjob") == [("done", 2)]
    assert site.rows("select count(*), count(distinct ordinal) from knowledge_passage") == [(900, 900)]
    site.manage("verify")


def test_a_file_received_without_a_queue_is_read_when_it_is_back(site: Site, tmp_path: Path) -> None:
    site.broker.stop()
    (tmp_path / "a.txt").write_text("Lunch is at noon.")
    result = site.manage(*site.ingest(str(tmp_path / "a.txt"))[2:], check=False)
    assert result.returncode != 0
    (document,) = json.loads(result.stdout)["documents"]
    assert (document["state"], document["document_id"] is not None) == ("queued", True)
    assert "workers cannot be reached" in document["error"]
    site.broker.start()
    site.start_worker()
    site.wait_for(lambda: site.rows("select state from ingest_ingestjob") == [("done",)])


def test_a_memo_does_not_wait_behind_a_book(site: Site, tmp_path: Path) -> None:
    """Both workers of an installation; the book would keep one of them busy far longer than the memo takes."""
    book, memo = tmp_path / "book.md", tmp_path / "memo.txt"
    book.write_text("\n\n".join(f"## Rule {n}\n\nRoom {n} is cleaned at {n} o'clock by {n}." for n in range(8000)))
    memo.write_text("Lunch is at noon.")
    for program in workers():
        site.start_worker(program.command)
    book_command = subprocess.Popen(site.ingest(str(book)), cwd=ROOT, env=site.env, stdout=subprocess.DEVNULL)
    try:
        site.wait_for(lambda: bool(site.rows("select 1 from ingest_ingestjob where passages_done > 0")))
        site.manage(*site.ingest(str(memo))[2:])
        states = dict(site.rows(STATES))
        assert states == {"book.md": "running", "memo.txt": "done"}
    finally:
        book_command.kill()
        book_command.wait()


def test_workers_stand_back_behind_those_who_ask() -> None:
    quick, long = workers()
    assert quick.nice == long.nice == 10
    assert "--beat" in quick.command
    assert "--beat" not in long.command, "housekeeping is done once"


AT_WORK = """
import os
from pathlib import Path
from knowledge import forking
forking.fork_child("json").end()
places = "self", forking._templates.running["json"].process.pid
print(os.nice(0), *(Path(f"/proc/{place}/autogroup").read_text().split()[-1] for place in places), flush=True)
"""
TWO = """
import sys
from pathlib import Path
from config.processes import start_child
folder, work = Path(sys.argv[1]), [sys.executable, "-c", sys.argv[2]]
children = [start_child(work, folder / f"{name}.log", nice=10) for name in ("worker", "worker-long")]
sys.exit(any([child.wait(60) for child in children]))
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="the kernel gives sessions no shares")
@pytest.mark.parametrize("rights", ["with", "without"])
def test_standing_back_counts_between_sessions_too(rights: str, tmp_path: Path) -> None:
    """A worker and what it has files read by each began a session, which the kernel would give as much as the site. Two
    start one right after the other; for those without rights the kernel takes one change at a time."""
    starter = [sys.executable, "-c", TWO, str(tmp_path), AT_WORK]
    if rights == "without" and os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("setpriv gives up root's rights")
        starter = [setpriv, "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", *starter]
    subprocess.run(starter, cwd=ROOT, check=True, timeout=SECONDS)
    for name in ("worker", "worker-long"):
        assert (tmp_path / f"{name}.log").read_text().split() == ["10", "10", "10"]

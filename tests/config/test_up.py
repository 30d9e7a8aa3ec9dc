"""``manage.py up``, for real: it brings the site up, refuses to be two, mends itself and leaves nothing behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from pytest_django import Settings

from config import processes
from config.installation import Address, CannotStart
from config.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def command(home: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    env = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return [sys.executable, str(ROOT / "manage.py"), "up", *arguments], env


def children_of(pid: int) -> dict[int, str]:
    """Every living process below this one, with its command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue
        if parent == pid and line:
            found[int(entry.name)] = line
            found |= children_of(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def said(home: Path) -> Path:
    return home / "said.txt"


@contextmanager
def running(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    line, env = command(home, "--bind", f"127.0.0.1:{port}", "--no-sample")
    with (
        said(home).open("w") as output,
        subprocess.Popen(line, env=env, stdout=output, stderr=subprocess.STDOUT, text=True) as process,
    ):
        try:
            # The port answers a moment before the command has seen that it does; until then a site that dies is one
            # that did not start, and the command gives up.
            wait_for(lambda: process.poll() is not None or "Footnote is up" in said(home).read_text(), 120)
            assert process.poll() is None, said(home).read_text()
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)


def refused(home: Path, *arguments: str) -> str:
    line, env = command(home, *arguments)
    result = subprocess.run(line, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    return result.stderr


def test_it_serves_refuses_a_second_one_and_stops_everything(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        assert process.poll() is None
        wait_for(lambda: "worker" in " ".join(children_of(process.pid).values()))
        log = tmp_path / "logs" / "worker.log"
        wait_for(lambda: "ready." in log.read_text())
        time.sleep(12)  # longer than from one tick of the scheduler to the next
        assert "sweep" not in log.read_text().partition("ready.")[2]
        below = children_of(process.pid)
        text = " ".join(below.values())
        assert "valkey-server" in text and "config.serving" in text and "celery" in text

        assert "already runs" in refused(tmp_path, "--bind", f"127.0.0.1:{free_port()}")
        other = tmp_path / "other"
        assert f"Port {port}" in refused(other, "--bind", f"127.0.0.1:{port}", "--no-sample")
        assert Address("127.0.0.1", port).answers(), "the refusals left the first one alone"

        process.send_signal(signal.SIGTERM)
        process.wait(20)
        wait_for(lambda: not any(map(alive, below)), 5)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}/" in said(tmp_path).read_text()
    assert not Address("127.0.0.1", port).answers()


def test_a_child_that_dies_comes_back_and_a_kill_of_the_parent_ends_all(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        [web] = [pid for pid, line in children_of(process.pid).items() if "config.serving" in line]
        os.kill(web, signal.SIGKILL)
        wait_for(lambda: not alive(web))
        wait_for(Address("127.0.0.1", port).answers, 120)
        below = children_of(process.pid)
        process.kill()
        process.wait()
        wait_for(lambda: not any(map(alive, below)), 30)


def test_it_starts_for_a_real_host_and_a_changed_setting_is_on_the_trail_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    with running(tmp_path, port):
        pass
    monkeypatch.setenv("FOOTNOTE_HOSTS", "footnote.example.org,localhost,127.0.0.1")
    monkeypatch.setenv("FOOTNOTE_WEB_PROCESSES", "2")
    with running(tmp_path, port) as process:
        wait_for(lambda: all(map(takes_connections, serving(process.pid))))
        assert Address("127.0.0.1", port).answers()
    with closing(sqlite3.connect(tmp_path / "footnote.sqlite3")) as database:
        lines = database.execute("select detail from accounts_auditevent where action = 'settings.changed'").fetchall()
    assert sorted(json.loads(details)["name"] for (details,) in lines) == ["FOOTNOTE_HOSTS", "FOOTNOTE_WEB_PROCESSES"]


def test_it_stays_up_with_the_settings_that_the_operations_page_gives_for_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    block = page.split("## In production", 1)[1].split("```")[1]
    for line in block.split():
        monkeypatch.setenv(*line.split("=", 1))
    assert "FOOTNOTE_TLS=1" in block and "FOOTNOTE_HOSTS=answers.example.org" in block
    port = free_port()
    with running(tmp_path, port), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as visitor:
        proxied = {"Host": "answers.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        visitor.request("GET", "/health/", headers=proxied)
        assert visitor.getresponse().read() == b"ok"


@pytest.mark.parametrize(
    ("hosts", "tls", "headers"),
    [
        (["127.0.0.1", "localhost"], False, {"Host": "127.0.0.1"}),
        (["answers.example.org"], True, {"Host": "answers.example.org", "X-Forwarded-Proto": "https"}),
        ([".example.org"], False, {"Host": "example.org"}),
        (["*"], False, {"Host": "localhost"}),
        (["*", "answers.example.org"], False, {"Host": "answers.example.org"}),
    ],
)
def test_it_asks_for_its_health_as_a_host_that_is_served(
    hosts: list[str], tls: bool, headers: dict[str, str], settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.BEHIND_TLS = hosts, tls
    heard: list[dict[str, str]] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name: value for name, value in self.headers.items() if name in {"Host", "X-Forwarded-Proto"}})
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.handle_request).start()
        assert Address("127.0.0.1", server.server_port).answers()
    assert heard == [headers]


def test_of_two_web_processes_one_dies_and_the_other_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_WEB_PROCESSES", "2")
    port = free_port()
    with running(tmp_path, port) as process:
        first, second = serving(process.pid)
        wait_for(lambda: takes_connections(first) and takes_connections(second))
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not alive(first))
        assert all(Address("127.0.0.1", port).answers() for _ in range(5)), "the other one answers meanwhile"
        wait_for(lambda: len(serving(process.pid)) == 2 and first not in serving(process.pid), 60)
        assert second in serving(process.pid)
        below = children_of(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        wait_for(lambda: not any(map(alive, below)), 5)


def serving(parent: int) -> list[int]:
    return sorted(pid for pid, line in children_of(parent).items() if "config.serving" in line)


def takes_connections(pid: int) -> bool:
    """Whether the socket it was handed is among those that its event loop waits for."""
    handed = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").rsplit(b"\0", 1)[1].decode()
    for path in Path(f"/proc/{pid}/fdinfo").iterdir():
        with suppress(OSError):  # closed meanwhile
            if ("tfd:", handed) in pairwise(path.read_text().split()):
                return True
    return False


def test_a_log_is_kept_short_while_its_program_goes_on_writing(tmp_path: Path) -> None:
    log = tmp_path / "talker.log"
    lines = "import time\nwhile True: print('x' * 99_999, flush=True); time.sleep(0.005)"
    talker = Program("talker", [sys.executable, "-c", lines], log, tmp_path, dict(os.environ))
    supervisor = Supervisor(lambda text: None)
    supervisor.start(talker)
    try:
        wait_for(lambda: log.stat().st_size > processes._LOG_BYTES)
        supervisor.watch()
        aside = tmp_path / "talker.1.log"
        assert aside.stat().st_size > processes._LOG_BYTES > log.stat().st_size
        before = log.stat().st_size
        wait_for(lambda: log.stat().st_size > before)
        assert log.read_bytes()[:3] == b"xxx", "it goes on at the beginning, not behind a hole"
    finally:
        supervisor.stop()


def test_other_machines_are_not_let_in_with_published_passwords(tmp_path: Path) -> None:
    message = refused(tmp_path, "--bind", f"0.0.0.0:{free_port()}")
    assert "passwords" in message and "--no-sample" in message


@pytest.mark.parametrize("text", ["", "nowhere", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", ":x"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CannotStart, match="not an address"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("8001", "127.0.0.1", 8001, True),
        ("[::1]:80", "::1", 80, True),
        ("localhost:80", "localhost", 80, True),
        ("0.0.0.0:8000", "0.0.0.0", 8000, False),
        ("192.0.2.1:8000", "192.0.2.1", 8000, False),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int, loopback: bool) -> None:
    address = Address.parse(text)
    assert (address.host, address.port, address.loopback) == (host, port, loopback)

"""A real site for the browser tests: ``manage.py up`` in a home of its own, with people but without the sample."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-quiet-reading-room"  # people of a throw-away home
START_SECONDS = 120

_PEOPLE = f"""
from accounts.models import User
from knowledge.models import Collection, Grant
for name, role in (("alice", "reader"), ("bob", "reader"), ("charlie", "reader"), ("rita", "reviewer"),
                   ("ada", "administrator")):
    person = User(username=name, role=role, email=name + "@example.org")
    person.set_password({PASSWORD!r})
    person.save()
team = Collection.objects.create(name="Team", slug="team")
for name, role in (("alice", "curator"), ("bob", "reader"), ("rita", "reader")):
    Grant.objects.create(collection=team, user=User.objects.get(username=name), role=role)
"""


@dataclass(frozen=True)
class Site:
    url: str
    home: Path


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "a Chromium browser is needed: `apt-get install chromium`"
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_site(home: Path, setting: Mapping[str, str] | None = None) -> Iterator[Site]:
    """Starts everything, gives the site once it answers, and stops everything. ``setting`` goes to its environment."""
    environment = {**os.environ, **(setting or {})}
    environment |= {"FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    subprocess.run([*manage, "shell", "-v0", "-c", _PEOPLE], env=environment, check=True)
    address = f"127.0.0.1:{_free_port()}"
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [*manage, "up", "--no-sample", "--bind", address], env=environment, stdout=log, stderr=log
        )
        try:
            _wait(f"http://{address}", process, home)
            yield Site(f"http://{address}", home)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/health/", timeout=2).close()  # noqa: S310  # our own loopback site
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"the site did not come up:\n{(home / 'up.log').read_text()[-3000:]}")

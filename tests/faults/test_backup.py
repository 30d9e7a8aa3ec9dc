"""A backup of a real site in the middle of uploads and questions, restored to a blank home: nothing differs, and what
was asked is answered as before."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.journeys.site import PASSWORD, ROOT, Site, running_site

pytestmark = pytest.mark.slow

SECONDS = 240
TREES = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple")


def note(tree: str) -> bytes:
    return (
        f"# The {tree} building\n\n## Doors of {tree}\n\nThe front door of the {tree} building opens at {len(tree)} "
        f"o'clock and the porter of {tree} is reached on extension 4{len(tree)}{ord(tree[0])}.\n"
    ).encode()


def manage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


def query(home: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{home / 'footnote.sqlite3'}?mode=ro", uri=True, timeout=30)) as database:
        return database.execute(sql).fetchall()


def wait(what: Callable[[], bool], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


class Browser:
    """Somebody signed in, without scripts."""

    def __init__(self, site: Site, name: str) -> None:
        self.client = httpx.Client(base_url=site.url, timeout=60, follow_redirects=True)
        self.client.get("/accounts/login/")
        self.post("/accounts/login/", {"login": name, "password": PASSWORD})

    def post(self, url: str, data: dict[str, str], **more: Any) -> httpx.Response:
        token = self.client.cookies["csrftoken"]
        headers = {"X-CSRFToken": token, "Referer": str(self.client.base_url)}
        return self.client.post(url, data=data, headers=headers, **more).raise_for_status()

    def upload(self, name: str, content: bytes) -> None:
        self.post("/upload/files/", {"collection": "1"}, files={"file": (name, content)})

    def ask(self, question: str) -> None:
        """Asks, and waits on the page, which is what keeps an answer going."""
        page = self.post("/ask/", {"question": question})
        deadline = time.monotonic() + SECONDS
        while "/stop/" in page.text:
            assert time.monotonic() < deadline
            time.sleep(0.3)
            page = self.client.get(page.url).raise_for_status()


@dataclass
class Load:
    """Alice uploads and Bob asks, until it is over. What went wrong is kept."""

    site: Site
    over: threading.Event = field(default_factory=threading.Event)
    failures: list[BaseException] = field(default_factory=list)
    uploaded: int = 0
    asked: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        for work in (self._upload, self._ask):
            thread = threading.Thread(target=self._until_over, args=(work,))
            thread.start()
            self.threads.append(thread)
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(SECONDS)

    def _until_over(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (httpx.HTTPError, AssertionError) as error:
            self.failures.append(error)

    def _upload(self) -> None:
        alice = Browser(self.site, "alice")
        while not self.over.is_set():
            self.uploaded += 1
            words = f"Warehouse {self.uploaded} keeps pallet {self.uploaded * 37} on shelf {self.uploaded % 9}."
            alice.upload(f"warehouse-{self.uploaded}.md", f"# Warehouse {self.uploaded}\n\n{words}\n".encode())

    def _ask(self) -> None:
        bob = Browser(self.site, "bob")
        while not self.over.is_set():
            bob.ask(f"When does the front door of the {TREES[self.asked % len(TREES)]} building open?")
            self.asked += 1


def _unlimited(home: Path, environment: pytest.MonkeyPatch) -> Path:
    """The two who ask and upload without a pause are not slowed down."""
    environment.setenv("FOOTNOTE_QUESTIONS_PER_MINUTE", "0")
    environment.setenv("FOOTNOTE_REQUESTS_PER_MINUTE", "0")
    return home


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Two backups of a busy site, and what went on meanwhile."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("backups")
    with pytest.MonkeyPatch.context() as environment, running_site(_unlimited(home, environment)) as site:
        alice, bob = Browser(site, "alice"), Browser(site, "bob")
        for tree in TREES:
            alice.upload(f"{tree.lower()}.md", note(tree))
        wait(lambda: query(home, "SELECT count(*) FROM knowledge_documentversion WHERE state='ready'")[0][0] == 8)
        for tree in TREES:
            bob.ask(f"When does the front door of the {tree} building open?")
        with Load(site) as load:
            wait(lambda: (load.uploaded > 5 and load.asked > 1) or bool(load.failures))
            first = manage(home, "backup", str(folder), "--json")
            between = (load.uploaded, load.asked)
            second = manage(home, "backup", str(folder), "--json")
        sessions = query(home, "SELECT count(*) FROM django_session")[0][0]
    yield SimpleNamespace(
        home=home, folder=folder, load=load, between=between, first=first, second=second, sessions=sessions
    )


def test_a_backup_in_use_restores_to_the_same(story: SimpleNamespace, tmp_path: Path) -> None:
    assert not story.load.failures
    assert story.first.returncode == story.second.returncode == 0, story.first.stderr + story.second.stderr
    said = json.loads(story.second.stdout)
    first = json.loads(story.first.stdout)
    assert story.load.uploaded > story.between[0] or story.load.asked > story.between[1], "the load went on"
    assert said["copied"] < said["files"] and said["knowledge_document"] >= first["knowledge_document"] >= 8

    blank = tmp_path / "blank"
    result = manage(blank, "restore", str(story.folder), "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert report["differences"] == []
    assert report["files"] == said["files"] == report["counts"]["files"]
    assert report["asked"] >= len(TREES) and report["same"] == report["asked"], report["changed"]
    rows = "SELECT count(*) FROM knowledge_document"
    assert query(blank, rows)[0][0] == said["knowledge_document"]
    assert query(blank, "SELECT count(*) FROM django_session")[0][0] == 0 < story.sessions
    assert list((blank / "index").glob("generation-*"))
    assert (blank / "audit_key").read_text() == (story.home / "audit_key").read_text()
    assert (blank / "secret_key").read_text() != (story.home / "secret_key").read_text()

    again = manage(blank, "restore", str(story.folder))
    assert again.returncode != 0 and "already has a database" in again.stderr and "Traceback" not in again.stderr
    assert manage(blank, "verify").returncode == 0


def damage(backup: Path, pool: Path, what: str) -> None:
    if what == "manifest":
        path = backup / "manifest.json"
        path.write_text(path.read_text().replace('"size"', '"Size"', 1))
        return
    path = backup / "database.sqlite3" if what == "database" else next(iter(sorted(pool.glob("*/*"))))
    if what == "missing":
        path.unlink()
        return
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("what", ["manifest", "database", "file", "missing"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    what: str, story: SimpleNamespace, tmp_path: Path
) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(story.folder, copied)
    newest = max(path for path in copied.iterdir() if re.match(r"\d{4}-", path.name))
    damage(newest, copied / "files", what)
    blank = tmp_path / "blank"
    result = manage(blank, "restore", str(copied))
    assert result.returncode != 0 and "Traceback" not in result.stderr
    assert re.search("not what was written|is missing", result.stderr)
    assert not (blank / "footnote.sqlite3").exists()
    assert not [path for path in (blank / "files").rglob("*") if path.is_file()]
    assert manage(story.home, "backup", str(copied), "--check").returncode != 0


def test_a_backup_inside_the_home_is_refused(story: SimpleNamespace) -> None:
    result = manage(story.home, "backup", str(story.home / "backups"))
    assert result.returncode != 0 and "lost with it" in result.stderr

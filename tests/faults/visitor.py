"""A person at a real site, by HTTP without a browser."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.journeys.site import PASSWORD, Site

PATIENCE = 300.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_JOBS = """select version.filename, job.state, job.error from ingest_ingestjob job
           join knowledge_documentversion version on version.id = job.version_id"""


class Visitor:
    """Signed in. A context manager."""

    def __init__(self, site: Site, username: str) -> None:
        self.site = site
        self.client = httpx.Client(base_url=site.url, timeout=PATIENCE, headers={"Origin": site.url})
        page = self.client.get("/accounts/login/")
        fields = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": _token(page.text)}
        answer = self.client.post("/accounts/login/", data=fields)
        assert answer.status_code == 302, answer.text[-2000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()

    @property
    def headers(self) -> dict[str, str]:
        """What the pages' own script sends with a form."""
        return {"X-CSRFToken": self.client.cookies["csrftoken"], "X-Requested-With": "fetch"}

    def post(self, path: str, **values: Any) -> httpx.Response:
        """As patient as the page's script: one that is told to wait waits."""
        for _ in range(20):
            answer = self.client.post(path, headers=self.headers, **values)
            if answer.status_code != 429:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", 1)), 60))
        return answer

    def upload(self, name: str, content: bytes, collection: int = 1) -> httpx.Response:
        fields = {"collection": str(collection), "name": name}
        return self.post("/upload/files/", data=fields, files={"file": ("file", content)})

    def raw(self, request: bytes, *, cut: bool = False) -> bytes:
        """Sends bytes as they are, with this person's cookies where ``{cookies}`` stands; gives the status line.

        ``cut``: says that nothing more comes. A server may close at that without an answer.
        """
        place = urlsplit(self.site.url)
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items()).encode()
        with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
            connection.sendall(request.replace(b"{cookies}", cookies))
            if cut:
                connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096).split(b"\r\n")[0]


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found, page[:2000]
    return found[1]


def rows(site: Site, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(site.home / "footnote.sqlite3", timeout=30) as database:
        return database.execute(sql).fetchall()


def jobs(site: Site) -> list[tuple[str, str, str]]:
    """(file name, state, sentence) of every job."""
    return [(name, state, error) for name, state, error in rows(site, _JOBS)]


def wait_for(what: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def logged(site: Site) -> str:
    """Everything every program of the site has written."""
    return "".join(path.read_text(errors="replace") for path in sorted((site.home / "logs").glob("*.log")))

"""What each person of a load test does, for locust: looks at a page, asks, follows the answer to its end, thinks.

Run by ``manage.py loadtest`` in the Python that has locust; it knows nothing of Django. ``FOOTNOTE_LOAD_SESSIONS``
names the file with the sessions, ``FOOTNOTE_LOAD_THINK`` the seconds between two questions, ``FOOTNOTE_LOAD_RESULTS``
the file for the figures.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

QUESTIONS = (
    "How many days of paid annual leave do employees get?",
    "What may a hotel cost per night?",
    "Who is told about an accident at work?",
    "How long must a password be?",
    "Where do visitors sign in?",
    "How is a travel expense claimed?",
    "What does the company do about sustainability?",
    "When is the factory evacuated?",
    "May employees work from abroad?",
    "Which holidays fall in December?",
)
THINK = float(os.environ["FOOTNOTE_LOAD_THINK"])
SESSIONS: list[str] = json.loads(Path(os.environ["FOOTNOTE_LOAD_SESSIONS"]).read_text())
_ANSWER = re.compile(r"/answers/([0-9a-f-]{36})/")
_TOKEN = re.compile(r'X-CSRFToken": "([^"]+)"')

_lock = threading.Lock()
_numbers = count()
figures: dict[str, list[float]] = {"page": [], "asked": [], "first_token": [], "whole_answer": []}
tally = {"questions": 0, "errors": 0, "busy": 0, "open": 0, "most_open": 0}


def note(name: str, seconds: float) -> None:
    with _lock:
        figures[name].append(seconds)


def add(name: str, change: int = 1) -> None:
    with _lock:
        tally[name] += change
        tally["most_open"] = max(tally["most_open"], tally["open"])


class Person(HttpUser):  # type: ignore[misc]  # locust is not installed where types are checked
    wait_time = between(THINK * 0.5, THINK * 1.5)

    def on_start(self) -> None:
        session = SESSIONS[next(_numbers) % len(SESSIONS)]
        self.client.cookies.set("sessionid", session)
        time.sleep(THINK * (hash(session) % 1000) / 1000)  # not everybody at the same moment

    @task  # type: ignore[untyped-decorator]  # as above
    def ask(self) -> None:
        began = time.monotonic()
        with self.client.get("/", name="page", catch_response=True) as page:
            if page.status_code != 200:
                add("errors")
                return
        note("page", time.monotonic() - began)
        found = _TOKEN.search(page.text.replace("&quot;", '"'))
        headers = {"X-CSRFToken": found[1] if found else "", "X-Requested-With": "fetch", "Origin": self.host or ""}
        question = QUESTIONS[int(time.time() * 1000) % len(QUESTIONS)]
        add("questions")
        began = time.monotonic()
        with self.client.post(
            "/ask/", {"question": question}, headers=headers, name="ask", catch_response=True
        ) as asked:
            answer = _ANSWER.search(asked.text) if asked.status_code == 200 else None
            if asked.status_code == 429:
                add("busy")
                return
            if answer is None:
                add("errors")
                return
        note("asked", time.monotonic() - began)
        self.follow(answer[1], began)

    def follow(self, answer: str, began: float) -> None:
        """Reads the stream to its end, as a browser does."""
        add("open")
        first = finished = False
        try:
            with self.client.get(
                f"/answers/{answer}/events/", name="events", stream=True, timeout=180, catch_response=True
            ) as stream:
                for line in stream.iter_lines():
                    if not first and line in {b"event: delta", b"event: sentence"}:
                        first = True
                        note("first_token", time.monotonic() - began)
                    finished = finished or line == b"event: done"
        finally:
            add("open", -1)
        if finished:
            note("whole_answer", time.monotonic() - began)
        else:
            add("errors")


@events.quitting.add_listener  # type: ignore[untyped-decorator]  # as above
def write(**_: Any) -> None:
    Path(os.environ["FOOTNOTE_LOAD_RESULTS"]).write_text(json.dumps({"figures": figures, "tally": tally}))

"""Signs of life of the answers of this process, given for all of them together every other second.

Two kinds: of answers that are made here or wait here for a thread, without which they are taken for left behind
(``conversing/recovery.py``), and of answers that somebody follows from here, without which nobody would need them.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, close_old_connections, connection
from django.db.models.functions import Now
from django.utils import timezone

from assistant.models import Answer

BEAT_SECONDS = 2.0


class Signs:
    """While there is anything to give a sign of, one thread gives them. It begins with a pause: what is new has just
    given its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: set[uuid.UUID] = set()
        self._followed: Counter[uuid.UUID] = Counter()
        self._thread: threading.Thread | None = None

    def begin(self, answer_id: uuid.UUID) -> None:
        """It is made here, or waits here for a thread."""
        with self._lock:
            self._watch()
            self._made.add(answer_id)

    def end(self, answer_id: uuid.UUID) -> None:
        with self._lock:
            self._made.discard(answer_id)

    def made_here(self, answer_id: uuid.UUID) -> bool:
        """Whether every event of this answer rings the bell of this process."""
        return answer_id in self._made

    @contextmanager
    def making(self, answer_id: uuid.UUID) -> Iterator[None]:
        """Shows while it is open that somebody is at this answer."""
        Answer.objects.filter(pk=answer_id).update(beat=timezone.now())
        self.begin(answer_id)
        try:
            yield
        finally:
            self.end(answer_id)

    @contextmanager
    def following(self, answer_id: uuid.UUID) -> Iterator[None]:
        """Shows while it is open that somebody reads along."""
        with self._lock:
            self._watch()
            self._followed[answer_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._followed[answer_id] -= 1
                if not self._followed[answer_id]:
                    del self._followed[answer_id]

    def _watch(self) -> None:
        """Under the lock: sees to it that there is a living thread."""
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._beat, name="answer-beat", daemon=True)
            thread.start()
            self._thread = thread

    def _beat(self) -> None:
        try:
            time.sleep(BEAT_SECONDS)
            while self._any():
                try:
                    close_old_connections()
                    self._give()
                except Error:  # the next beats come before anybody takes them for left behind
                    connection.close()
                time.sleep(BEAT_SECONDS)
        finally:
            connection.close()

    def _any(self) -> bool:
        """With nothing to give a sign of the thread is over: whoever comes next begins another."""
        with self._lock:
            if not self._made and not self._followed:
                self._thread = None
            return self._thread is not None

    def _give(self) -> None:
        with self._lock:
            made, followed = set(self._made), set(self._followed)
        # SQLite dates it after the wait for its one lock: what was waited for is no silence.
        now = Now() if connection.vendor == "sqlite" else timezone.now()
        for answers, given in (
            (made & followed, {"beat": now, "followed": now}),
            (made - followed, {"beat": now}),
            (followed - made, {"followed": now}),
        ):
            if answers:
                Answer.objects.filter(pk__in=answers, finished__isnull=True).update(**given)


signs = Signs()

"""Signs of life of answers: while they are made, and while they wait for a thread of this process.

Without one for a while an answer is taken for left behind (``conversing/recovery.py``).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.utils import timezone

from assistant.models import Answer

_BEAT_SECONDS = 5.0


@contextmanager
def pulse(answer_id: uuid.UUID) -> Iterator[None]:
    """Shows while it is open that somebody is at this answer."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(_BEAT_SECONDS):
                Answer.objects.filter(pk=answer_id).update(beat=timezone.now())
        finally:
            connection.close()

    Answer.objects.filter(pk=answer_id).update(beat=timezone.now())
    thread = threading.Thread(target=beat, name="answer-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=_BEAT_SECONDS)


class Waiting:
    """Answers that wait for a thread. While there are some, one thread gives the sign of life of all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: set[uuid.UUID] = set()
        self._thread: threading.Thread | None = None

    def add(self, answer_id: uuid.UUID) -> None:
        with self._lock:
            self._answers.add(answer_id)

    def watch(self) -> None:
        """Begins to give signs of life, where somebody waits."""
        with self._lock:
            if self._answers and self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="waiting-beat", daemon=True)
                self._thread.start()

    def remove(self, answer_id: uuid.UUID) -> None:
        with self._lock:
            self._answers.discard(answer_id)

    def _beat(self) -> None:
        try:
            while waiting := self._still():
                with suppress(DatabaseError):  # the next beat comes before anybody takes them for left behind
                    Answer.objects.filter(pk__in=waiting).update(beat=timezone.now())
                time.sleep(_BEAT_SECONDS)
        finally:
            connection.close()

    def _still(self) -> list[uuid.UUID]:
        """Those that wait; with none, the thread is over: whoever comes next begins another."""
        with self._lock:
            if not self._answers:
                self._thread = None
            return list(self._answers)

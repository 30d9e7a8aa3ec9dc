"""What happens to an answer is told at once to those of its own process who follow it."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from assistant.answering.events import Done

Told = tuple[int, str, dict[str, Any]]  # number, kind, data
_HEARD = 64  # events a follower may be behind before it must look them up


class Ear:
    """One follower, in its loop: what was told since it last asked, unless a look at the database says more."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self._told: deque[Told] = deque(maxlen=_HEARD)

    def hear(self, told: Told) -> None:
        """From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, told)

    def _note(self, told: Told) -> None:
        self._told.append(told)
        self._rung.set()

    def take(self, last: int) -> list[Told]:
        """The events right after ``last``; none when one of them is missing or the answer has ended: then look."""
        self._rung.clear()
        told, self._told = [one for one in self._told if one[0] > last], deque(maxlen=_HEARD)
        whole = [number for number, _, _ in told] == list(range(last + 1, last + 1 + len(told)))
        return told if whole and all(kind != Done.kind for _, kind, _ in told) else []

    async def wait(self, seconds: float) -> None:
        """Until something is told, or so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)


class Bell:
    """Tells the followers of an answer inside this process what happens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[uuid.UUID, set[Ear]] = defaultdict(set)

    def ring(self, answer_id: uuid.UUID, told: Told) -> None:
        with self._lock:
            ears = list(self._ears.get(answer_id, ()))
        for ear in ears:
            ear.hear(told)

    @contextmanager
    def listening(self, answer_id: uuid.UUID) -> Iterator[Ear]:
        """Hears every ring from now on. To be used in a running loop."""
        ear = Ear()
        with self._lock:
            self._ears[answer_id].add(ear)
        try:
            yield ear
        finally:
            with self._lock:
                self._ears[answer_id].discard(ear)
                if not self._ears[answer_id]:
                    del self._ears[answer_id]


bell = Bell()

"""Threads that share themselves out among people: whoever waits with one piece of work is served before somebody's
second, whenever that was handed in."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

Work = Callable[[], None]


class FairPool:
    """A pool of threads whose queue goes round by owner. What one owner hands in stays in order."""

    def __init__(self, threads: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._queues: OrderedDict[int, deque[Work]] = OrderedDict()
        self._running = 0

    def submit(self, owner: int, work: Work) -> Future[None]:
        """Takes work. The future is over when as much work as was handed in until now has been done, in any order."""
        with self._lock:
            self._queues.setdefault(owner, deque()).append(work)
        return self._executor.submit(self._next)

    def waiting(self) -> int:
        """Pieces of work that no thread has begun."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    def running(self) -> int:
        """Pieces of work that a thread is at."""
        return self._running

    def _next(self) -> None:
        """There is one call for every piece of work, so there is always one to take."""
        with self._lock:
            self._running += 1
            owner, queue = self._queues.popitem(last=False)
            work = queue.popleft()
            if queue:
                self._queues[owner] = queue  # behind everybody else who waits
        try:
            work()
        finally:
            with self._lock:
                self._running -= 1

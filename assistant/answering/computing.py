"""Finding and ranking keep a core busy, so as many answers do it at once as there are cores, and the others wait. Web
processes share the cores among them.

Without this, many answers at once take turns every few milliseconds, and all of them come late.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from assistant.answering.recording import Recorder

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_turns = threading.BoundedSemaphore(max(1, _CORES // settings.WEB_PROCESSES))


@contextmanager
def turn(recorder: Recorder) -> Iterator[None]:
    """A core for a while; the time until there was one counts as ``wait``. Never call a language model inside."""
    with recorder.timed("wait"):
        _turns.acquire()
    try:
        yield
    finally:
        _turns.release()

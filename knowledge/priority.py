"""How a program stands back behind others that want the processors too."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_SESSION = Path("/proc/self/autogroup")
_TRIES = 10
_PAUSE = 0.11  # seconds; for those without rights the kernel takes one change in a tenth of a second, from all together


def stand_back(steps: int = 0) -> None:
    """Makes this process nicer by so many steps, and the session it began as nice as it is.

    Linux may give each session one share of the processors and look at niceness within a session only (autogroups,
    sched(7)): a worker that is alone in its session would stand back behind nobody. Where there are none, or they may
    not be changed, niceness alone has to do.
    """
    nice = os.nice(steps)
    with contextlib.suppress(OSError):
        for _ in range(_TRIES if nice else 0):
            try:
                _SESSION.write_text(str(nice))
            except BlockingIOError:
                time.sleep(_PAUSE)
            else:
                return

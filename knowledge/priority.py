"""How a program stands back behind others that want the processors too."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_SESSION = Path("/proc/self/autogroup")


def stand_back(steps: int = 0) -> None:
    """Makes this process nicer by so many steps, and the session it began as nice as it is.

    Linux may give each session one share of the processors and look at niceness within a session only (autogroups,
    sched(7)): a worker that is alone in its session would stand back behind nobody. Where there are none, or they may
    not be changed, niceness alone has to do.
    """
    nice = os.nice(steps)
    with contextlib.suppress(OSError):
        _SESSION.write_text(str(nice))

"""Two lanes through the workers, so that a memo never waits behind a manual.

One worker serves the quick lane alone, the other the long lane and, when that is empty, the quick one too. A file
goes by its size; one in the quick lane that turns out to be long, by its pages or by its passages, is moved to the
other lane and read again there, which costs little beside embedding it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from knowledge.errors import FootnoteError

QUICK, LONG = settings.INGEST_LANES
QUICK_BYTES = 1024 * 1024
QUICK_PAGES = 40
QUICK_PASSAGES = 200


class TooLong(FootnoteError):
    """Found out in the quick lane: this job belongs into the long one."""


def lane_for(size: int) -> str:
    """The queue that a file of so many bytes is sent to first."""
    return QUICK if size <= QUICK_BYTES else LONG


@contextmanager
def turn_to_embed() -> Iterator[None]:
    """One worker of this machine embeds at a time, batch by batch in turn: two at once would crowd the same cores,
    while the other one can read, split and save meanwhile.

    Whoever waits holds ``next``, so the one who had its turn cannot take it again before them.
    """
    home = Path(settings.FOOTNOTE_HOME)
    with (home / "embedding-turn.lock").open("w") as turn:
        with (home / "embedding-next.lock").open("w") as following:
            fcntl.flock(following, fcntl.LOCK_EX)
            fcntl.flock(turn, fcntl.LOCK_EX)
        yield

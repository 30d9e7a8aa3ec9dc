"""How much one person may use at a time. Settings say how much (``LIMITS``), ``counters`` keep the count.

A bucket holds what may be used at once and empties evenly over its window, so that whoever waits a little may go on.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from enum import Enum

from django.conf import settings

from accounts.counters import counter

_LEASE_MS = 30_000
_STREAM_RETRY_SECONDS = 5


class Use(Enum):
    """What is counted. The value is the name of its setting."""

    REQUESTS = "requests"
    QUESTIONS = "questions"
    TRIALS = "trials"  # searches that save nothing: "what would be answered"
    UPLOADS = "uploads"
    BYTES = "bytes"
    TOKENS = "tokens"
    CODES = "codes"  # second factors tried


_REFUSALS = {
    Use.REQUESTS: "Very many pages were asked for with your sign-in in a short time.",
    Use.QUESTIONS: "You have asked many questions in a short time.",
    Use.TRIALS: "You have tried many searches in a short time.",
    Use.UPLOADS: "You have uploaded as many files as one person may in an hour.",
    Use.BYTES: "You have uploaded as much as one person may in a day.",
    Use.TOKENS: "You have used what one person may have written by the language model in a day.",
    Use.CODES: "Many codes were tried for this account.",
}


class TooMuch(Exception):
    """A person used all they may just now. ``retry_after`` is in whole seconds, at least 1."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(f"{message} {when(retry_after)}")
        self.retry_after = retry_after


def when(seconds: int) -> str:
    """When to come back, in words."""
    if seconds < 2:
        return "Try again in a second."
    if seconds < 120:
        return f"Try again in {seconds} seconds."
    if seconds < 7200:
        return f"Try again in {math.ceil(seconds / 60)} minutes."
    return f"Try again in {math.ceil(seconds / 3600)} hours."


def spend(user_id: int, use: Use, amount: int = 1) -> None:
    """Counts a use. Raises TooMuch, and then nothing was counted.

    More at once than the whole window holds is counted as that: it can then be had after a while, and not never.
    """
    most, seconds = settings.LIMITS[use.value]
    if most <= 0:
        return
    wait = _fill(user_id, use, min(amount, most), forced=False)
    if wait:
        raise TooMuch(_REFUSALS[use], min(math.ceil(wait / 1000), seconds))


def charge(user_id: int, use: Use, amount: int) -> None:
    """Counts what was used already, however much that is; ``spend`` then refuses until it has run off."""
    if amount > 0 and settings.LIMITS[use.value][0] > 0:
        _fill(user_id, use, amount, forced=True)


def _fill(user_id: int, use: Use, amount: int, forced: bool) -> int:
    most, seconds = settings.LIMITS[use.value]
    window = seconds * 1000
    return counter().fill(f"{use.value}:{user_id}", window, window * amount / most, forced)


@dataclass(frozen=True, slots=True)
class Stream:
    """A place among the open streams of a person. It ends by itself when it is not renewed for half a minute."""

    user_id: int
    lease: str = field(default_factory=lambda: uuid.uuid4().hex)

    def open(self) -> None:
        """Takes the place. Raises TooMuch when this person has as many streams open as one may."""
        if not self.renew():
            message = f"{settings.STREAMS_AT_ONCE} streams of yours are open. Close a page that shows an answer."
            raise TooMuch(message, _STREAM_RETRY_SECONDS)

    def renew(self) -> bool:
        return counter().hold(f"streams:{self.user_id}", settings.STREAMS_AT_ONCE, _LEASE_MS, self.lease)

    def close(self) -> None:
        counter().release(f"streams:{self.user_id}", self.lease)

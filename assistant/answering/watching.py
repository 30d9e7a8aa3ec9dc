"""Whether an answer may go on: nobody stopped it, somebody listens, the asker may still read what it rests on."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from assistant.models import Answer
from knowledge.rechecking import still_visible

_EVERY_SECONDS = 0.5
_ACTIVE = "turn__conversation__user__is_active"


class StopAnswering(Exception):  # not an error: the answer ends here, what was said is kept
    """``notice`` says why, for the reader."""

    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


class Watch:
    """Asks the database at most every half second; ``must_be_followed`` when a browser should be listening."""

    def __init__(self, answer: Answer, user: User, *, must_be_followed: bool) -> None:
        self._answer_id = answer.pk
        self._user = user
        self._must_be_followed = must_be_followed
        self._looked = 0.0
        self._began = timezone.now()

    def check(self, passages: Collection[int] = ()) -> None:
        """Raises StopAnswering when the answer must end now; ``passages`` is what its text rests on so far."""
        if time.monotonic() - self._looked < _EVERY_SECONDS:
            return
        self._looked = time.monotonic()
        rows = Answer.everything.filter(pk=self._answer_id).order_by()
        row = rows.values("stop_requested", "followed", _ACTIVE).first()
        if row is None:
            raise StopAnswering("This conversation was deleted.")
        if row["stop_requested"]:
            raise StopAnswering("You stopped this answer.")
        if not row[_ACTIVE]:
            raise StopAnswering("This account is no longer active.")
        if self._must_be_followed:
            heard = max(row["followed"] or self._began, self._began)
            if timezone.now() - heard > timedelta(seconds=settings.ANSWER_FOLLOWER_GRACE_SECONDS):
                raise StopAnswering("Stopped because nobody was reading along. Ask again to go on.")
        if passages:
            self.require_visible(passages)

    def require_visible(self, passages: Collection[int]) -> None:
        """Raises StopAnswering when one of these passages may no longer be shown to the asker."""
        if set(passages) - still_visible(self._user, passages):
            raise StopAnswering("Something this answer rests on can no longer be shown. Ask again.")

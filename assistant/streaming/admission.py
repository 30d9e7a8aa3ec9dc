"""Whether a person may ask now: not too often, not too much, and not while this process has all it can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

from accounts import limits
from accounts.models import User
from assistant.errors import TooManyAnswers
from assistant.streaming import running

_FULL = "Very many people are asking at this moment."
_FULL_SECONDS = 15


@contextmanager
def admitted(user: User) -> Iterator[None]:
    """Question and answer are saved inside of it. Raises TooManyAnswers, and then nothing is.

    The person's row is held meanwhile, so that two questions at once do not both find the last free place.
    """
    if running.waiting() >= settings.ANSWER_QUEUE:
        raise TooManyAnswers(f"{_FULL} {limits.when(_FULL_SECONDS)}", _FULL_SECONDS)
    try:
        limits.spend(user.pk, limits.Use.TOKENS)
        limits.spend(user.pk, limits.Use.QUESTIONS)
    except limits.TooMuch as refused:
        raise TooManyAnswers(str(refused), refused.retry_after) from refused
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        yield

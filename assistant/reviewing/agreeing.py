"""How far reviewers agree, over what one of them may see. It is kept for a minute, for it stands over every list."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery

from accounts.models import User
from assistant.models import Opinion, Review, ReviewItem
from assistant.reviewing.agreement import Agreement, agreement
from knowledge import stamps

_PAIRS = 5000  # the newest that agreement is computed from
_KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Agreements:
    """How far first and second opinions agree: on whole answers, and on single sentences."""

    answers: Agreement
    sentences: Agreement


def agreements(reviewer: User) -> Agreements:
    """Over what this reviewer may see now and two have judged.

    A change of what may be seen, another second opinion, or an item that is opened again shows at once; a verdict that
    is changed afterwards within a minute.
    """
    marks = stamps.read(connection)
    if marks is None:
        return _reckoned(reviewer)
    rows = Opinion.objects.filter(second=True, item__state=ReviewItem.State.DONE)
    seconds = rows.aggregate(Count("pk"), Max("created"))
    holds = (*sorted(marks.items()), *seconds.values(), int(time.monotonic() / _KEPT_SECONDS))
    return _kept(reviewer, holds)


@lru_cache(maxsize=500)
def _kept(reviewer: User, holds: tuple[object, ...]) -> Agreements:
    """``holds``: what could be seen, the second opinions that counted, and the minute."""
    return _reckoned(reviewer)


def _reckoned(reviewer: User) -> Agreements:
    """The database counts: only how often which two verdicts met is read, however many were given."""
    item = ReviewItem.objects.visible_to(reviewer).filter(pk=OuterRef("item"), state=ReviewItem.State.DONE)
    seconds = Opinion.objects.filter(Exists(item), second=True).order_by("-created")
    newest = Opinion.objects.filter(pk__in=seconds.values("pk")[:_PAIRS])
    first = Opinion.objects.filter(item=OuterRef("item"), second=False)
    answers = newest.annotate(first=Subquery(first.values("verdict")[:1]))
    judged = Review.objects.filter(
        answer=OuterRef("item__answer"),
        sentence=OuterRef("item__answer__reviews__sentence"),
        reviewer=OuterRef("first_by"),
    )
    sentences = newest.annotate(first_by=Subquery(first.values("reviewer")[:1])).filter(
        item__answer__reviews__reviewer=F("reviewer")
    )
    sentences = sentences.annotate(first=Subquery(judged.values("verdict")[:1]))
    return Agreements(_agreement(answers, "verdict"), _agreement(sentences, "item__answer__reviews__verdict"))


def _agreement(rows: QuerySet[Opinion], second: str) -> Agreement:
    """Of opinions with ``first`` beside them, None where the first said nothing of this."""
    counted = rows.order_by().values_list("first", second).annotate(Count("pk"))
    return agreement({(first, said): pairs for first, said, pairs in counted if first is not None})

"""The policy, the second reviewer and the short ways that the tests of reviewing share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from assistant.models import (
    Answer,
    Feedback,
    Opinion,
    ReviewItem,
    ReviewPolicy,
)
from assistant.reviewing import judging
from assistant.reviewing.feeding import current_policy, feed
from knowledge.models import Grant

HOTEL = "What is the hotel limit per night?"
LEAVE = "How many days of paid annual leave do employees receive?"
TAKEOVER = "What is the price of the takeover of Larkwright Sensors?"
HTMX = {"HX-Request": "true"}
RIGHT, WRONG = Opinion.Verdict.RIGHT, Opinion.Verdict.WRONG


@pytest.fixture
def policy(db: None) -> ReviewPolicy:
    """First uses are left out, so that each test sees the reason it is about; no second opinions by chance."""
    row = current_policy()
    ReviewPolicy.objects.filter(pk=row.pk).update(first_uses=0, second_percent=0)
    row.refresh_from_db()
    return row


@pytest.fixture
def rosa(people: SimpleNamespace, shelf: SimpleNamespace) -> User:
    """A second reviewer of the team's collection."""
    called = {"username": "rosa", "display_name": "Rosa"}
    rosa = User.objects.create(**called, role=User.Role.REVIEWER, password=make_password(None))
    Grant.objects.create(collection=shelf.travel.collection, user=rosa)
    return rosa


def disliked(answer: Answer, by: User, reason: str = "wrong_fact") -> ReviewItem:
    Feedback.objects.create(answer=answer, user=by, helpful=False, reason=reason)
    item = feed(answer.pk)
    assert item is not None
    return item


def judge_all(answer: Answer, reviewer: User, verdict: str) -> None:
    for step in judging.steps(answer):
        judging.judge_step(answer, step, reviewer, verdict)


def causes(item: ReviewItem | None) -> set[str]:
    return set(item.causes.values_list("kind", flat=True)) if item else set()

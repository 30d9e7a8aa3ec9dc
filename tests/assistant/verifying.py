"""An answer that was corrected, and the short ways that the tests of verified answers share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.models import User
from assistant.models import Answer, Feedback, Opinion, ReviewItem, ReviewPolicy, VerifiedAnswer
from assistant.reviewing import judging
from assistant.reviewing.feeding import current_policy, feed
from assistant.verified import keeping
from assistant.verified.keeping import Draft
from knowledge.models import Document, Passage
from tests.assistant.conftest import Asked
from tests.assistant.reviewing import HOTEL, RIGHT

OTHERWISE = "What is the limit for a hotel per night?"
SAID = "A night may cost €145 in general and €190 in capital cities."


@pytest.fixture
def hotel(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> Answer:
    """Bob's answer, which he found wanting. Other words count as the same question."""
    ReviewPolicy.objects.filter(pk=current_policy().pk).update(reworded=True)
    answer = asked(people.bob, HOTEL)
    Feedback.objects.create(answer=answer, user=people.bob, helpful=False, reason="missing")
    feed(answer.pk)
    return answer


def passage(document: Document, words: str) -> int:
    return Passage.objects.get(version__document=document, version=document.current, text__contains=words).pk


def corrected(shelf: SimpleNamespace, people: SimpleNamespace, answer: Answer) -> VerifiedAnswer:
    draft = Draft(HOTEL, f"{SAID} [1]", (passage(shelf.travel, "hotel limit"),))
    return keeping.correct(draft, people.rita, answer)


def settled(answer: Answer, reviewer: User, verdict: Opinion.Verdict) -> None:
    """Every footnote judged, and the answer as a whole."""
    for step in judging.steps(answer):
        judging.judge_step(answer, step, reviewer, "supported" if verdict == RIGHT else "unsupported")
    judging.settle(ReviewItem.objects.get(answer=answer), reviewer, judging.Said(verdict))


def texts(answer: Answer) -> list[str]:
    return [sentence["text"] for sentence in answer.sentences]

"""What reviewers decided about a question makes the next answer to it better.

A quote judged "does not support" is not used again for the same question or one that means the same, and a reviewer's
correction is shown with the next answer to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from assistant.models import Answer, Review, Standing
from assistant.selection.vectors import similarity
from assistant.sources import may_see
from knowledge.errors import SearchUnavailable
from knowledge.lexical import analyse, words

SAME_MEANING = 0.92  # cosine of two questions
_SHARED_TERMS = 0.4  # questions with less in common are not worth comparing by meaning
_LATEST = 500  # reviewed answers looked through


@dataclass(frozen=True, slots=True)
class Lessons:
    """``refused`` holds (document id, quote); ``correction_id`` is a Review whose correction this asker may see."""

    refused: frozenset[tuple[str, str]] = frozenset()
    correction_id: int | None = None


def lessons(searched_as: str, asked: str, user: User) -> Lessons:
    """What was decided about answers to the same question; nothing when it was never reviewed."""
    taught = Review.objects.filter(verdict=Standing.UNSUPPORTED) | Review.objects.exclude(correction="")
    ids = taught.order_by("-updated").values_list("answer_id", flat=True)[:_LATEST]
    candidates = Answer.objects.filter(pk__in=set(ids)).select_related("turn").order_by("-created")
    same = [row for row in candidates if same_question((searched_as, asked), (row.searched_as, row.turn.question))]
    if not same:
        return Lessons()
    return Lessons(frozenset(_refused(same)), _correction(same, user))


def same_question(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Whether two questions, each (as searched, as asked), are the same in words or in meaning."""
    mine, other = ours[0] or ours[1], theirs[0] or theirs[1]
    if words(mine) == words(other):
        return True
    here, there = set(analyse(mine)), set(analyse(other))
    if len(here & there) < _SHARED_TERMS * max(1, len(here | there)):
        return False
    if {term for term in here ^ there if term[0].isdigit()}:
        return False  # "in 2024" and "in 2026" are not the same question
    try:
        return similarity(mine, other) >= SAME_MEANING
    except SearchUnavailable:
        return False


def _refused(answers: Iterable[Answer]) -> set[tuple[str, str]]:
    """(document id, quote) of sentences that more reviewers found unsupported than supported."""
    refused: set[tuple[str, str]] = set()
    for answer in answers:
        balance: dict[int, int] = {}
        for review in answer.reviews.all():
            step = {Standing.UNSUPPORTED: -1, Standing.SUPPORTED: 1}.get(Standing(review.verdict), 0)
            balance[review.sentence] = balance.get(review.sentence, 0) + step
        numbers = {
            number
            for index, sentence in enumerate(answer.sentences)
            if balance.get(index, 0) < 0
            for number in sentence["citations"]
        }
        quotes = answer.citations.filter(number__in=numbers).values_list("document_id", "quote")
        refused |= {(str(document), quote) for document, quote in quotes}
    return refused


def _correction(answers: Iterable[Answer], user: User) -> int | None:
    """The latest correction whose answer cites only documents this person may see."""
    for review in corrections([answer.pk for answer in answers]):
        if may_see_correction(review, user):
            return review.pk
    return None


def corrections(answer_ids: Iterable[object]) -> QuerySet[Review]:
    return Review.objects.filter(answer_id__in=list(answer_ids)).exclude(correction="").order_by("-updated")


def may_see_correction(review: Review, user: User) -> bool:
    """A correction tells what the documents of its answer say, so it needs all of them."""
    return review.answer.citations.exists() and may_see(review.answer, user)

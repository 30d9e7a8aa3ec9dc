"""Judging answers: the queue, the item at its head, and the verdicts.

A reviewer meets only answers whose sources they may read at this moment; any other answer does not exist for them.
Answers that readers found unhelpful come first, then the oldest.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts import audit
from accounts.models import User
from assistant.models import Answer, Citation, Feedback, Review
from assistant.presenting import SentenceView, footnote_views, heading_of, sentence_views
from assistant.sources import may_see
from knowledge.models import Document, is_replaced
from knowledge.pages import PageView, page_view

LONGEST_CORRECTION = 4000  # characters


@dataclass(frozen=True, slots=True)
class ReviewSentence:
    """A sentence beside its quotes in place; ``page`` is the first footnote's."""

    sentence: SentenceView
    page: PageView | None
    pages: tuple[PageView, ...]
    verdict: str | None
    correction: str
    post_url: str


@dataclass(frozen=True, slots=True)
class ReviewItem:
    answer_id: uuid.UUID
    question: str
    asked: datetime
    sentences: tuple[ReviewSentence, ...]
    next_url: str
    skip_url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Answers this reviewer has finished, answers left, and sentences on which reviewers disagree."""

    done: int
    left: int
    disagreements: int


def reviewable(reviewer: User) -> QuerySet[Answer]:
    """Finished answers with footnotes, all of whose cited documents this reviewer may read now."""
    visible = Document.objects.visible_to(reviewer).values("pk")
    footnotes = Citation.objects.filter(answer=OuterRef("pk"))
    return Answer.objects.filter(
        Exists(footnotes),
        ~Exists(footnotes.exclude(document__in=visible)),
        state__in=(Answer.State.COMPLETE, Answer.State.STOPPED),
        abstained=False,
        sentence_count__gt=0,
    )


def queue(reviewer: User) -> QuerySet[Answer]:
    """What this reviewer has not finished judging, in the order they meet it."""
    disliked = Feedback.objects.filter(answer=OuterRef("pk"), helpful=False)
    return (
        reviewable(reviewer)
        .annotate(mine=_verdicts_of(reviewer))
        .filter(mine__lt=F("sentence_count"))
        .annotate(disliked=Exists(disliked))
        .order_by("-disliked", "created", "pk")
    )


def _verdicts_of(reviewer: User) -> Count:
    return Count("reviews", filter=Q(reviews__reviewer=reviewer), distinct=True)


def next_answer(reviewer: User, after: uuid.UUID | None = None) -> Answer | None:
    """The head of the queue, or what follows ``after`` in it (the head again behind the last)."""
    waiting = _seen_whole(reviewer)
    if after is None:
        return next(waiting, None)
    passed, first = False, None
    for answer in waiting:
        if passed:
            return answer
        passed = answer.pk == after
        first = first or (None if passed else answer)
    return first


def _seen_whole(reviewer: User) -> Iterator[Answer]:
    """The queue without answers a model may have written from passages the reviewer may not read."""
    for answer in queue(reviewer).select_related("turn").iterator(chunk_size=50):
        if may_see(answer, reviewer):
            yield answer


def find(reviewer: User, answer_id: uuid.UUID) -> Answer | None:
    """An answer this reviewer may judge; None when it does not exist for them."""
    answer = reviewable(reviewer).select_related("turn").filter(pk=answer_id).first()
    return answer if answer is not None and may_see(answer, reviewer) else None


def item(answer: Answer, reviewer: User) -> ReviewItem:
    """The answer beside its quotes in place."""
    footnotes = footnote_views(answer, reviewer)
    rows = answer.citations.select_related(
        "page__version__document__current", "page__version__document__collection", "passage"
    )
    pages = {row.number: _page(row, reviewer) for row in rows}
    given = {review.sentence: review for review in answer.reviews.filter(reviewer=reviewer)}
    sentences = []
    for view in sentence_views(answer, footnotes):
        shown = tuple(pages[footnote.number] for footnote in view.footnotes)
        mine = given.get(view.index)
        sentences.append(
            ReviewSentence(
                sentence=view,
                page=shown[0] if shown else None,
                pages=shown,
                verdict=mine.verdict if mine else None,
                correction=mine.correction if mine else "",
                post_url=reverse("review_verdict", args=[answer.pk, view.index]),
            )
        )
    skip = f"{reverse('review')}?after={answer.pk}"
    return ReviewItem(answer.pk, answer.turn.question, answer.created, tuple(sentences), reverse("review"), skip)


def _page(row: Citation, user: User) -> PageView:
    path, replaced = heading_of(row), is_replaced(row.document_id, user)
    return page_view(row.page, row.start, row.end, row.number, path[-1] if path else "", replaced)


def judge(answer: Answer, sentence: int, reviewer: User, verdict: str, correction: str) -> Review:
    """Records who said what of a sentence, and when; a second verdict of the same reviewer replaces the first."""
    with transaction.atomic():
        review, _ = Review.objects.update_or_create(
            answer=answer,
            sentence=sentence,
            reviewer=reviewer,
            defaults={"verdict": verdict, "correction": correction.replace("\0", "").strip()[:LONGEST_CORRECTION]},
        )
        audit.record(reviewer, "answer.reviewed", review, answer=str(answer.pk), sentence=sentence)
    return review


def progress(reviewer: User) -> Progress:
    judged = reviewable(reviewer).annotate(mine=_verdicts_of(reviewer))
    done = judged.filter(mine__gte=F("sentence_count")).count()
    disagreements = (
        Review.objects.filter(answer__in=reviewable(reviewer).values("pk"))
        .values("answer", "sentence")
        .annotate(verdicts=Count("verdict", distinct=True))
        .filter(verdicts__gt=1)
        .count()
    )
    return Progress(done=done, left=sum(1 for _ in _seen_whole(reviewer)), disagreements=disagreements)

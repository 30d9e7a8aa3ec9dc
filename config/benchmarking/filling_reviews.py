"""Fills what reviewing leaves behind: the queue with its reasons and opinions, verified answers, and a year of nights
of evaluation."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from assistant.models import (
    Answer,
    CaseOutcome,
    Citation,
    EvaluationSet,
    Opinion,
    Review,
    ReviewCause,
    ReviewItem,
    SetCase,
    SetRun,
    SetVersion,
    Standing,
    VerifiedAnswer,
    VerifiedCitation,
)

Bulk = Callable[[Iterator[models.Model], type[models.Model]], None]

_REVIEWERS = 5
_NOW = timezone.now()
_dice = random.Random(11)  # noqa: S311  # the same content every time, and no secret


def fill_reviews(bulk: Bulk, cited: Sequence[Answer], answers: int) -> None:
    """A fifth of the ``answers`` in the queue, a fiftieth verified, a night of evaluation for every five hundred."""
    people = _reviewers(bulk)
    items = [_item(answer, people) for answer in cited[-max(4, answers // 5) :]]
    bulk(iter(items), ReviewItem)
    kept = dict(QuerySet(ReviewItem).values_list("answer_id", "pk"))
    for item in items:
        item.pk = kept[item.answer_id]
    sources = ReviewItem.sources.through
    bulk((sources(reviewitem_id=one.pk, document_id=_document(one.answer)) for one in items), sources)
    bulk(_causes(items), ReviewCause)
    bulk(_opinions(items, people), Opinion)
    bulk(_second_verdicts(items, people), Review)
    _verified(bulk, [item.answer for item in items if item.state == ReviewItem.State.DONE][: max(4, answers // 50)])
    _evaluation(bulk, max(4, answers // 250), max(4, answers // 500))


def _reviewers(bulk: Bulk) -> list[User]:
    bulk((User(username=f"reviewer{n}", role=User.Role.REVIEWER) for n in range(_REVIEWERS)), User)
    return list(User.objects.filter(role=User.Role.REVIEWER).order_by("pk"))


def _document(answer: Answer) -> str:
    return str(answer.retrieved[0]["document_id"])


def _item(answer: Answer, people: Sequence[User]) -> ReviewItem:
    """Six of ten are done; of the others one in ten waits for a second opinion, and one in four is somebody's."""
    chance, done = _dice.random(), ReviewItem.State.DONE
    state = done if chance < 0.6 else ReviewItem.State.SECOND if chance < 0.64 else ReviewItem.State.OPEN
    first = None if state == ReviewItem.State.OPEN else _dice.choice(people)
    held = state != done and _dice.random() < 0.25
    return ReviewItem(
        answer=answer, state=state, priority=_dice.choice((10, 20, 30, 40, 50)), first_by=first,
        assignee=_dice.choice(people) if held else None, due=(_NOW + timedelta(days=_dice.randint(-9, 9))).date(),
        disagreed=state == done and _dice.random() < 0.1,
        finished=_NOW - timedelta(minutes=_dice.randint(0, 500_000)) if state == done else None,
    )  # fmt: skip


def _causes(items: Sequence[ReviewItem]) -> Iterator[ReviewCause]:
    kinds = list(ReviewCause.Kind)
    for n, item in enumerate(items):
        yield ReviewCause(item=item, kind=kinds[n % len(kinds)])
        if n % 2:
            yield ReviewCause(item=item, kind=kinds[(n + 1) % len(kinds)], document_id=_document(item.answer))


def _opinions(items: Sequence[ReviewItem], people: Sequence[User]) -> Iterator[Opinion]:
    """The first of everything judged, and of a tenth the second."""
    for n, item in enumerate(items):
        if item.first_by is None:
            continue
        yield Opinion(item=item, reviewer=item.first_by, verdict=_dice.choice(Opinion.Verdict.values))
        if not n % 10 and item.state == ReviewItem.State.DONE:
            other = next(one for one in people if one != item.first_by)
            yield Opinion(item=item, reviewer=other, verdict=_dice.choice(Opinion.Verdict.values), second=True)


def _second_verdicts(items: Sequence[ReviewItem], people: Sequence[User]) -> Iterator[Review]:
    """On the first sentence, of both who judged, where two did; nobody judges a sentence twice."""
    there = set(QuerySet(Review).filter(sentence=0).values_list("answer_id", "reviewer_id"))
    for n, item in enumerate(items):
        if n % 10 or item.first_by is None or item.state != ReviewItem.State.DONE:
            continue
        for one in (item.first_by, next(one for one in people if one != item.first_by)):
            if (item.answer_id, one.pk) not in there:
                said = _dice.choice((Standing.SUPPORTED, Standing.PARTLY))
                yield Review(answer=item.answer, sentence=0, verdict=said, reviewer=one)


def _verified(bulk: Bulk, answers: Sequence[Answer]) -> None:
    state, rita = VerifiedAnswer.State, User.objects.get(username="rita")
    bulk(
        (
            VerifiedAnswer(
                question=f"What is verified {n}?", kind=VerifiedAnswer.Kind.CONFIRMED, sentences=answer.sentences,
                answer=answer, by=rita, state=state.LAPSED if n % 10 == 0 else state.IN_FORCE,
            )
            for n, answer in enumerate(answers)
        ),
        VerifiedAnswer,
    )  # fmt: skip
    rows = list(VerifiedAnswer.objects.select_related("answer").order_by("pk"))
    sources = VerifiedAnswer.sources.through
    footnotes: dict[Any, Citation] = {}
    for start in range(0, len(rows), 500):
        some = [row.answer_id for row in rows[start : start + 500]]
        footnotes |= {one.answer_id: one for one in Citation.objects.filter(answer__in=some)}
    found = [(row, footnotes[row.answer_id]) for row in rows if row.answer_id is not None]
    bulk((sources(verifiedanswer_id=row.pk, document_id=one.document_id) for row, one in found), sources)
    bulk((_footnote(row, one) for row, one in found), VerifiedCitation)


def _footnote(row: VerifiedAnswer, like: Citation) -> VerifiedCitation:
    return VerifiedCitation(
        verified=row, number=1, document_id=like.document_id, version_id=like.version_id, page_id=like.page_id,
        start=like.start, end=like.end, quote=like.quote,
    )  # fmt: skip


def _evaluation(bulk: Bulk, cases: int, nights: int) -> None:
    """One set whose cases rest on documents, and its nights."""
    chosen = EvaluationSet.objects.create(name="reviews", version=1)
    SetVersion.objects.create(set=chosen, number=1, change=SetVersion.Change.FILLED)
    person = User.objects.get(username="alice")
    documents = [str(pk) for pk in Citation.objects.values_list("document_id", flat=True).distinct()[:cases]]
    bulk(
        (
            SetCase(
                set=chosen, key=f"case-{n:05}", since=1, asked_as=person, question=f"What is {n}?", answerable=True,
                gold=[{"document": documents[n % len(documents)], "quote": "Words"}],
            )
            for n in range(cases)
        ),
        SetCase,
    )  # fmt: skip
    bulk((_night(chosen, cases) for _ in range(nights)), SetRun)
    keys, runs = list(chosen.cases.order_by("pk")), list(chosen.runs.order_by("pk"))
    bulk((_outcome(run, case) for run in runs for case in keys), CaseOutcome)


def _night(chosen: EvaluationSet, cases: int) -> SetRun:
    score = round(_dice.uniform(0.5, 0.7), 3)
    figures: dict[str, Any] = {"score": score, "low": score - 0.05, "high": score + 0.05, "cases": cases}
    return SetRun(set=chosen, version=1, nightly=True, state=SetRun.State.COMPLETE, total=cases, figures=figures)


def _outcome(run: SetRun, case: SetCase) -> CaseOutcome:
    return CaseOutcome(
        run=run, case=case, came=CaseOutcome.Came.ANSWERED, score=_dice.choice((0.0, 0.5, 1.0)),
        sentences=[{"text": "Words.", "standing": "supported", "quotes": ["Words"]}],
        documents=[case.gold[0]["document"]], right=1,
    )  # fmt: skip

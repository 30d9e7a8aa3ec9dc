"""What a reviewer says: of every footnote, of the answer as a whole, and whether a second one is asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assistant.errors import ReviewRefused
from assistant.models import Answer, CitationVerdict, Opinion, Review, ReviewItem, Standing
from assistant.reviewing import queue
from assistant.reviewing.feeding import current_policy
from assistant.reviewing.remarks import remark
from assistant.verified import lapsing

_FINE = 1_000_000
_BEST_FIRST = (Standing.SUPPORTED, Standing.PARTLY, Standing.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to judge: a sentence beside one of its footnotes, ``number``, or none when it has none."""

    sentence: int
    number: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """The verdict on a whole answer."""

    verdict: Opinion.Verdict
    reason: str = ""
    comment: str = ""


def steps(answer: Answer) -> list[Step]:
    return [
        Step(index, number)
        for index, sentence in enumerate(answer.sentences)
        for number in (sentence["citations"] or [None])
    ]


def judged(answer: Answer, reviewer: User) -> dict[Step, str]:
    """What this reviewer said of each step so far."""
    rows = CitationVerdict.objects.filter(citation__answer=answer, reviewer=reviewer)
    said = {Step(s, n): v for s, n, v in rows.values_list("sentence", "citation__number", "verdict")}
    sentences = dict(answer.reviews.filter(reviewer=reviewer).values_list("sentence", "verdict"))
    found = {}
    for step in steps(answer):
        verdict = said.get(step) if step.number is not None else sentences.get(step.sentence)
        if verdict is not None:
            found[step] = verdict
    return found


def judge_step(answer: Answer, step: Step, reviewer: User, verdict: str) -> None:
    """Records a verdict on one footnote; the sentence gets the best of its footnotes', since one that says it all is
    enough."""
    with transaction.atomic():
        if step.number is None:
            judge_sentence(answer, step.sentence, reviewer, verdict)
            return
        citation = answer.citations.get(number=step.number)
        CitationVerdict.objects.update_or_create(
            citation=citation, sentence=step.sentence, reviewer=reviewer, defaults={"verdict": verdict}
        )
        given = CitationVerdict.objects.filter(citation__answer=answer, sentence=step.sentence, reviewer=reviewer)
        verdicts = set(given.values_list("verdict", flat=True))
        best = next(one for one in _BEST_FIRST if one in verdicts)
        judge_sentence(answer, step.sentence, reviewer, best)


def judge_sentence(
    answer: Answer, sentence: int, reviewer: User, verdict: str, correction: str | None = None
) -> Review:
    """Records who said what of a sentence, and when; a second verdict of the same reviewer replaces the first."""
    values = {"verdict": verdict} if correction is None else {"verdict": verdict, "correction": correction}
    with transaction.atomic():
        review, _ = Review.objects.update_or_create(
            answer=answer, sentence=sentence, reviewer=reviewer, defaults=values
        )
        audit.record(reviewer, "answer.reviewed", review, answer=str(answer.pk), sentence=sentence)
    return review


def settle(item: ReviewItem, reviewer: User, said: Said) -> ReviewItem:
    """Records the verdict on the whole answer and ends this reviewer's part.

    Raises ReviewRefused when sentences are not judged yet, when the remark is too long, when somebody else has it and
    it is not overdue, or when somebody else finished it meanwhile.
    """
    answer = item.answer
    if len(judged(answer, reviewer)) < len(steps(answer)):
        raise ReviewRefused("Judge every sentence first.")
    comment = remark(said.comment)
    with transaction.atomic():
        locked = queue.locked_for(item, reviewer)
        second = locked.state == ReviewItem.State.SECOND
        if locked.state == ReviewItem.State.DONE or (second and locked.first_by_id == reviewer.pk):
            raise ReviewRefused("This answer has been reviewed meanwhile.")
        if not second:
            locked.opinions.all().delete()  # of an earlier round, before the answer came back
        opinion, _ = Opinion.objects.update_or_create(
            item=locked, reviewer=reviewer,
            defaults={
                "verdict": said.verdict,
                "reason": "" if said.verdict == Opinion.Verdict.RIGHT else said.reason,
                "comment": comment,
                "second": second,
            },
        )
        _move_on(locked, opinion)
        audit.record(reviewer, "answer.judged", answer, verdict=str(said.verdict), second=second)
    return locked


def _move_on(item: ReviewItem, opinion: Opinion) -> None:
    item.assignee = None
    item.first_by = item.first_by if opinion.second else opinion.reviewer
    first = item.opinions.filter(second=False).first() if opinion.second else None
    item.disagreed = first is not None and first.verdict != opinion.verdict
    policy = current_policy()
    # Where nobody else may see it, it would wait for ever.
    if not opinion.second and _drawn(policy.second_percent) and queue.candidates(item):
        item.state = ReviewItem.State.SECOND
        item.due = timezone.localdate() + timedelta(days=policy.due_days)
    else:
        item.state, item.finished = ReviewItem.State.DONE, timezone.now()
    item.save()
    if item.disagreed or opinion.verdict == Opinion.Verdict.WRONG:
        lapsing.dispute(item.answer, opinion)


def _drawn(percent: float) -> bool:
    return secrets.randbelow(_FINE) < percent * _FINE / 100

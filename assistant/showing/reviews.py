"""An item of the review queue as a reviewer is shown it.

They meet only answers whose every source they may read at this moment; any other does not exist for them. Somebody
else's verdict is shown when both have been given, not before.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assistant.models import Answer, Citation, Feedback, Opinion, Review, ReviewCause, ReviewItem, Turn, VerifiedAnswer
from assistant.modes import MODES
from assistant.modes.tasks import chosen
from assistant.reviewing import queue
from assistant.reviewing.judging import Step, judge_sentence, judged, steps
from assistant.showing.footnotes import SentenceView, footnote_views, heading_of, sentence_views
from assistant.sources import may_see
from assistant.verified.serving import standing_words, why_told
from knowledge.models import is_replaced
from knowledge.pages import PageView, page_view

LONGEST_CORRECTION = 4000  # characters
_BEFORE = 3  # questions that are shown of those before one


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """A sentence beside one of its footnotes in place; ``page`` is None when it has none."""

    key: str
    sentence: SentenceView
    number: int | None
    page: PageView | None
    verdict: str | None
    post_url: str


@dataclass(frozen=True, slots=True)
class Complaint:
    reason: str
    comment: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    answer_id: uuid.UUID
    question: str
    before: tuple[str, ...]
    documents: tuple[str, ...]
    asked: datetime
    causes: tuple[str, ...]
    complaints: tuple[Complaint, ...]
    steps: tuple[ReviewStep, ...]
    complete: bool
    abstained: bool
    state: str
    state_label: str
    due: date
    overdue: bool
    assignee: str
    mine: bool
    opinions: tuple[Opinion, ...]
    judging: bool
    can_confirm: bool
    verified: VerifiedAnswer | None
    given_as: str
    skip_url: str


def find(reviewer: User, answer_id: uuid.UUID) -> Answer | None:
    """An answer this reviewer may judge; None when it does not exist for them."""
    item = queue.find(reviewer, answer_id)
    return item.answer if item is not None and may_see(item.answer, reviewer) else None


def judge(answer: Answer, sentence: int, reviewer: User, verdict: str, correction: str) -> Review:
    """Records who said what of a sentence, with a remark that is shown beside later answers to the same question."""
    text = correction.replace("\0", "").strip()[:LONGEST_CORRECTION]
    return judge_sentence(answer, sentence, reviewer, verdict, text)


def view(item: ReviewItem, reviewer: User) -> ReviewView:
    answer = item.answer
    shown = _steps(answer, reviewer)
    done = item.state == ReviewItem.State.DONE
    waits = not done and (item.state == ReviewItem.State.OPEN or item.first_by_id != reviewer.pk)
    about = abouts([answer.turn], reviewer)[answer.turn_id]
    told = item.state != ReviewItem.State.SECOND  # what became of it tells the first verdict
    return ReviewView(
        answer_id=answer.pk,
        question=answer.turn.question,
        before=about.before,
        documents=about.documents,
        asked=answer.created,
        causes=tuple(cause_words(cause) for cause in item.causes.select_related("document")),
        complaints=_complaints(answer),
        steps=shown,
        complete=all(step.verdict for step in shown),
        abstained=answer.abstained,
        state=item.state,
        state_label=str(item.get_state_display()),
        due=item.due,
        overdue=not done and item.due < timezone.localdate(),
        assignee=str(item.assignee or ""),
        mine=item.assignee_id == reviewer.pk,
        opinions=tuple(item.opinions.select_related("reviewer").order_by("second")) if done else (),
        judging=waits,
        can_confirm=_can_confirm(answer, shown),
        verified=_verified(answer, reviewer) if told else None,
        given_as=_given_as(answer, reviewer) if told else "",
        skip_url=f"{reverse('review')}?after={answer.pk}",
    )


@dataclass(frozen=True, slots=True)
class About:
    """What a question means by "it" and "these": the questions before it, the nearest first, and the documents that a
    mode was given, as far as the reviewer may read them."""

    before: tuple[str, ...]
    documents: tuple[str, ...]


def abouts(turns: Sequence[Turn], reviewer: User) -> dict[uuid.UUID, About]:
    """By turn."""
    named = {key for turn in turns if turn.mode in MODES for key in turn.params.get("documents", ())}
    titles = {str(row.pk): row.title for row in chosen(reviewer, sorted(named))}
    earlier = _earlier(turns)
    return {
        turn.pk: About(
            before=tuple(one.question for one in earlier[turn.pk]),
            documents=tuple(titles[key] for key in turn.params.get("documents", ()) if key in titles),
        )
        for turn in turns
    }


def _earlier(turns: Sequence[Turn]) -> dict[uuid.UUID, list[Turn]]:
    """The turns before each of these on its path, step by step for all of them at once."""
    found: dict[uuid.UUID, list[Turn]] = {turn.pk: [] for turn in turns}
    at = {turn.pk: turn.parent_id for turn in turns if turn.parent_id}
    for _ in range(_BEFORE):
        rows = Turn.objects.in_bulk(set(at.values()))
        for pk, parent in list(at.items()):
            row = rows.get(parent)
            if row is not None:
                found[pk].append(row)
            if row is None or row.parent_id is None:
                del at[pk]
            else:
                at[pk] = row.parent_id
    return found


def cause_words(cause: ReviewCause) -> str:
    """The document named is a source of the item, so whoever sees the item may read it."""
    label = str(cause.get_kind_display())
    return f"{label}: {cause.document.title}" if cause.document is not None else label


def _complaints(answer: Answer) -> tuple[Complaint, ...]:
    rows = Feedback.objects.filter(answer=answer, helpful=False).order_by("created")
    return tuple(Complaint(str(row.get_reason_display()) if row.reason else "", row.comment) for row in rows)


def _can_confirm(answer: Answer, shown: tuple[ReviewStep, ...]) -> bool:
    """Served again is only what has footnotes throughout and was found supported throughout."""
    by_sentence: dict[int, set[str | None]] = {}
    for step in shown:
        by_sentence.setdefault(step.sentence.index, set()).add(step.verdict if step.number is not None else None)
    return bool(shown) and not answer.layout and all("supported" in said for said in by_sentence.values())


def _verified(answer: Answer, reviewer: User) -> VerifiedAnswer | None:
    """What was made of this answer."""
    rows = VerifiedAnswer.objects.visible_to(reviewer).filter(answer=answer)
    row = rows.select_related("by").order_by("-at").first()
    if row is not None:
        row.told = why_told(row, reviewer)
    return row


def _given_as(answer: Answer, reviewer: User) -> str:
    """Whose verified words this answer is, and whether they still hold; "" when they are nobody's."""
    row = VerifiedAnswer.objects.visible_to(reviewer).filter(given=answer).select_related("by").first()
    return standing_words(row, reviewer) if row is not None else ""


def _steps(answer: Answer, reviewer: User) -> tuple[ReviewStep, ...]:
    footnotes = footnote_views(answer, reviewer)
    sentences = {one.index: one for one in sentence_views(answer, footnotes)}
    rows = answer.citations.select_related(
        "page__version__document__current", "page__version__document__collection", "passage"
    )
    pages = {row.number: _page(row, reviewer) for row in rows}
    given = judged(answer, reviewer)
    return tuple(
        ReviewStep(
            key=f"{step.sentence}-{step.number or 0}",
            sentence=sentences[step.sentence],
            number=step.number,
            page=pages.get(step.number) if step.number is not None else None,
            verdict=given.get(step),
            post_url=reverse("review_verdict", args=[answer.pk, step.sentence]),
        )
        for step in steps(answer)
    )


def step_of(answer: Answer, sentence: int, number: str) -> Step | None:
    """The step a form names; None when there is no such sentence or footnote."""
    found = [step for step in steps(answer) if step.sentence == sentence]
    if not number:
        return found[0] if found else None
    return next((step for step in found if str(step.number) == number), None)


def _page(row: Citation, user: User) -> PageView:
    path, replaced = heading_of(row), is_replaced(row.document_id, user)
    return page_view(row.page, row.start, row.end, row.number, path[-1] if path else "", replaced)

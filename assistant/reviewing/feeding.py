"""What puts an answer before the reviewers: the policy's rules, each of which says why."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assistant.models import (
    Answer,
    Citation,
    ReviewCause,
    ReviewItem,
    ReviewPolicy,
    ReviewSample,
    Standing,
)
from assistant.sources import rests_on, searched_in
from knowledge.models import Document

Kind = ReviewCause.Kind
# What readers complained of first, what was drawn at random last.
PRIORITY = {
    Kind.THUMBS_DOWN: 60,
    Kind.LAPSED: 55,
    Kind.GROUNDING: 50,
    Kind.CONFLICT: 40,
    Kind.FIRST_USE: 30,
    Kind.SAMPLE: 10,
}
GRAVE = 20  # more, when a reader says that a fact is wrong or that they should not have seen it
_GRAVE_REASONS = ("wrong_fact", "should_not_see")
_URGENT = frozenset({Kind.THUMBS_DOWN, Kind.LAPSED})
_FINISHED = (Answer.State.COMPLETE, Answer.State.STOPPED)
_MISSED_AFTER = timedelta(minutes=2)
_MISSED_AT_ONCE = 500
_PARTS = 1_000_000  # the sample is drawn by parts of a million


@dataclass(frozen=True, slots=True)
class Cause:
    kind: ReviewCause.Kind
    document: uuid.UUID | None = None
    grave: bool = False

    @property
    def priority(self) -> int:
        return PRIORITY[self.kind] + GRAVE * self.grave


def current_policy() -> ReviewPolicy:
    return ReviewPolicy.objects.order_by("pk").first() or ReviewPolicy.objects.create()


def feed(answer_id: uuid.UUID) -> ReviewItem | None:
    """Puts a finished answer before the reviewers when the policy wants it there. Again: adds what is new."""
    answer = Answer.objects.filter(pk=answer_id, state__in=_FINISHED).first()
    if answer is None:
        return None
    policy = current_policy()
    causes = [] if answer.asked_back else list(_causes(answer, policy))
    item = put(answer, causes, policy) if causes else None
    if not answer.fed:
        Answer.objects.filter(pk=answer_id).update(fed=True)
    return item


def feed_missed() -> int:
    """Answers that were finished by a process that died before the policy looked at them. Gives how many."""
    quiet = timezone.now() - _MISSED_AFTER
    missed = Answer.objects.filter(fed=False, state__in=_FINISHED, finished__lt=quiet).order_by("finished")
    ids = list(missed.values_list("pk", flat=True)[:_MISSED_AT_ONCE])
    for answer_id in ids:
        feed(answer_id)
    return len(ids)


def put(answer: Answer, causes: list[Cause], policy: ReviewPolicy) -> ReviewItem | None:
    """The answer's item with these reasons; one that was finished is opened again for a reason it did not have.

    None when something that its words may be about is gone for good, or nothing is known of what they are about:
    nobody can say who may read them.
    """
    sources = Document.objects.filter(pk__in=(wanted := sources_of(answer)))
    if not wanted or sources.count() < len(wanted):
        return None
    days = policy.urgent_days if any(cause.kind in _URGENT for cause in causes) else policy.due_days
    due = timezone.localdate() + timedelta(days=days)
    with transaction.atomic():
        item, made = ReviewItem.objects.select_for_update().get_or_create(answer=answer, defaults={"due": due})
        if made:
            item.sources.set(sources)
        fresh = [_note(item, cause) for cause in causes]
        item.priority = max([item.priority, *(cause.priority for cause in causes)])
        if any(fresh) and not made:
            item.due = min(item.due, due) if item.state != ReviewItem.State.DONE else due
            if item.state == ReviewItem.State.DONE:
                reopen(item)
        item.save()
    return item


def reopen(item: ReviewItem) -> None:
    """It is to be judged anew, by anybody: who was first before and whether two differed says nothing of this round.
    The caller saves it."""
    item.state, item.assignee, item.finished = ReviewItem.State.OPEN, None, None
    item.first_by, item.disagreed = None, False


def _note(item: ReviewItem, cause: Cause) -> bool:
    """Whether the reason is new."""
    return ReviewCause.objects.get_or_create(item=item, kind=cause.kind, defaults={"document_id": cause.document})[1]


def sources_of(answer: Answer) -> set[uuid.UUID]:
    """Documents whose words the item shows. Of an answer that says nothing, be it silent or stopped before its first
    sentence: all that was found for its asker, so that it is put before those alone who know of no less."""
    if answer.abstained or not answer.sentences:
        return searched_in(answer) | rests_on(answer)
    return rests_on(answer)


def _causes(answer: Answer, policy: ReviewPolicy) -> Iterator[Cause]:
    thumbs = answer.feedback.filter(helpful=False)
    if policy.thumbs_down and (reasons := list(thumbs.values_list("reason", flat=True))):
        yield Cause(Kind.THUMBS_DOWN, grave=any(reason in _GRAVE_REASONS for reason in reasons))
    if answer.abstained or not answer.sentences or answer.verified_id is not None:
        return  # what a reviewer vouched for was looked at
    if policy.low_grounding and _badly_borne_out(answer, policy.supported_percent):
        yield Cause(Kind.GROUNDING)
    if policy.conflicts and answer.disagreements:
        yield Cause(Kind.CONFLICT)
    cited = set(answer.citations.values_list("document_id", "version_id"))
    versions = {version: document for document, version in cited}
    if (new := _new_document(answer, versions, policy.first_uses)) is not None:
        yield Cause(Kind.FIRST_USE, new)
    if _drawn(answer, {document for document, _ in cited}):
        yield Cause(Kind.SAMPLE)


def _badly_borne_out(answer: Answer, wanted: float) -> bool:
    standings = [sentence["standing"] for sentence in answer.sentences]
    supported = standings.count(Standing.SUPPORTED)
    return Standing.UNSUPPORTED in standings or 100 * supported < wanted * len(standings)


def _new_document(answer: Answer, cited: dict[int, uuid.UUID], first: int) -> uuid.UUID | None:
    """The first cited document whose version was cited by fewer than ``first`` answers before."""
    for version, document in sorted(cited.items()) if first else ():
        others = Citation.objects.filter(version_id=version).exclude(answer=answer).order_by()
        if len(others.values_list("answer", flat=True).distinct()[:first]) < first:
            return document
    return None


def _drawn(answer: Answer, documents: set[uuid.UUID]) -> bool:
    """By the answer's own id, which is random, so that looking twice draws the same."""
    rates = ReviewSample.objects.filter(collection__documents__in=documents, percent__gt=0)
    percent = max(rates.values_list("percent", flat=True), default=0.0)
    return answer.pk.int % _PARTS < percent * _PARTS / 100

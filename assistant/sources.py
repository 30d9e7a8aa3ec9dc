"""What the text of an answer rests on, and what happens to it when a document goes for good."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from assistant.models import (
    Answer,
    AnswerEvent,
    Citation,
    EvalCase,
    Feedback,
    Review,
    ReviewItem,
    Turn,
    VerifiedAnswer,
    VerifiedCitation,
)
from knowledge.models import Document
from knowledge.rechecking import still_readable


def rests_on(answer: Answer) -> set[uuid.UUID]:
    """Documents whose words may be in the text: those cited, and all that were supplied when a model wrote it.

    Footnotes go with their document, so the list of what was found, which is ids only, speaks for those that went.
    """
    kept = "supplied" if answer.prompt_version else "used"
    found = {uuid.UUID(row["document_id"]) for row in answer.retrieved if row.get(kept) or row.get("used")}
    if answer.verified is not None:
        found |= set(answer.verified.sources.values_list("pk", flat=True))
    return found | set(answer.citations.values_list("document_id", flat=True))


def searched_in(answer: Answer) -> set[uuid.UUID]:
    """Documents that an answer without sentences is about, as far as anybody can know: all that was found for its
    asker, and those that they named themselves."""
    named = answer.turn.params.get("documents", ())
    return {uuid.UUID(key) for key in (*named, *(row["document_id"] for row in answer.retrieved))}


def may_see(answer: Answer, user: User) -> bool:
    """Whether everything the text of an answer may hold is visible to this person at this moment."""
    if answer.abstained:
        return True
    sources = rests_on(answer)
    return still_readable(user, sources) == sources


@receiver(pre_delete, sender=Document)
def forget(sender: Any, instance: Document, **kwargs: Any) -> None:
    """The words of a purged document leave the answers that were made from it, and what was written about those."""
    written = Answer.everything.exclude(prompt_version="").annotate(found=Cast("retrieved", TextField()))
    cited = Citation.objects.filter(document=instance).values("answer_id")
    verified = _forget_verified(instance)
    given = written.filter(found__contains=str(instance.pk)).values("pk")
    answers = Q(pk__in=cited) | Q(verified__in=verified) | Q(pk__in=given)
    ids = list(Answer.everything.filter(answers).values_list("pk", flat=True))
    asked_back = Answer.everything.exclude(asked_back="").annotate(offered=Cast("readings", TextField()))
    asked_back.filter(offered__contains=str(instance.pk)).update(readings=[])
    Answer.everything.filter(pk__in=ids).update(text="", sentences=[], sentence_count=0, disagreements=[], layout={})
    AnswerEvent.objects.filter(answer__in=ids).delete()
    Review.objects.filter(answer__in=ids).update(correction="")
    Feedback.objects.filter(answer__in=ids).update(comment="")  # a reader may have quoted what was wrong
    ReviewItem.objects.filter(Q(sources=instance) | Q(answer__in=ids)).delete()
    # What was asked after such an answer may have been searched in words of it.
    conversations = Turn.objects.filter(answers__in=ids).values("conversation")
    Answer.everything.filter(turn__conversation__in=conversations).update(searched_as="")
    _forget_test_questions(instance)


def _forget_verified(document: Document) -> list[int]:
    """Verified answers that may hold words of the document lose all of theirs, the question's too. Gives their ids."""
    ids = list(VerifiedAnswer.objects.filter(sources=document).values_list("pk", flat=True))
    rows = VerifiedAnswer.objects.filter(pk__in=ids)
    now = timezone.now()
    rows.filter(state=VerifiedAnswer.State.IN_FORCE).update(
        state=VerifiedAnswer.State.LAPSED, why=VerifiedAnswer.Why.DELETED, lapsed=now
    )
    # ``changed``: processes that hold the kept questions in memory read them anew.
    rows.update(question="", sentences=[], vector=b"", model_id="", changed=now)
    VerifiedCitation.objects.filter(verified__in=ids).delete()
    return ids


def _forget_test_questions(document: Document) -> None:
    """Gold quotes are words of the document. A question that is left without any goes with them."""
    name = f"{document.collection.slug}/{document.name}"
    for case in EvalCase.objects.exclude(gold=[]):
        kept = [entry for entry in case.gold if entry.get("document") != name]
        if len(kept) == len(case.gold):
            continue
        if kept:
            EvalCase.objects.filter(pk=case.pk).update(gold=kept, answer="")
        else:
            case.delete()

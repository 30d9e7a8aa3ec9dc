"""Stored questions asked again: whether what answered before the backup answers after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing.conversations import remember
from assistant.models import Answer, Conversation, EvalCase, EvalRun
from assistant.sources import may_see


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, by the id of its answer or the key of its case. ``changed`` says what is not as it was, or why
    that cannot be told; empty: the same."""

    name: str
    changed: str = ""


def ask_again(most: int) -> list[Asked]:
    """Recent answers first, then measured cases, up to ``most``. What is asked leaves no trace."""
    found: list[Asked] = []
    for answer in _recent(most):
        found.append(_again(answer))
    run = EvalRun.objects.first()
    abstained = {row["key"]: row["abstained"] for row in run.results} if run else {}
    for case in EvalCase.objects.filter(turns=[], key__in=abstained).order_by("key")[: most - len(found)]:
        found.append(_case(case, abstained[case.key]))
    return found


def _recent(most: int) -> list[Answer]:
    """Complete answers, newest first, to questions that stand alone, of people who may still ask."""
    rows = Answer.objects.filter(
        state=Answer.State.COMPLETE, turn__parent=None, degraded="", turn__conversation__user__is_active=True
    ).select_related("turn__conversation__user")
    chosen: list[Answer] = []
    for answer in rows.order_by("-created").iterator(chunk_size=50):
        # One whose sources went since, or have newer versions, may well be answered otherwise today.
        current = all(row.version_id == row.document.current_id for row in answer.citations.select_related("document"))
        if len(chosen) < most and current and may_see(answer, answer.turn.conversation.user):
            chosen.append(answer)
        if len(chosen) >= most:
            break
    return chosen


def _again(answer: Answer) -> Asked:
    """Quotes are compared, not prose: a language model does not say the same thing twice."""
    with transaction.atomic():
        fresh = _answer(answer.turn.conversation.user, answer.turn.question)
        before, after = _quotes(answer), _quotes(fresh)
        different = _difference(answer.abstained, fresh.abstained)
        transaction.set_rollback(True)
    if different:
        return Asked(str(answer.pk), different)
    if before != after and not answer.prompt_version:
        return Asked(str(answer.pk), f"{(before & after).total()} of {before.total()} quotes are the same")
    return Asked(str(answer.pk))


def _case(case: EvalCase, abstained: bool) -> Asked:
    """Compared with the newest measuring: a case that is not answered well was not answered well before, either."""
    user = User.objects.filter(username=case.asked_as, is_active=True).first()
    if user is None:
        return Asked(case.key, "nobody is there to ask it")
    with transaction.atomic():
        fresh = _answer(user, case.question)
        now = fresh.abstained
        transaction.set_rollback(True)
    return Asked(case.key, _difference(abstained, now))


def _difference(abstained: bool, now: bool) -> str:
    return "" if abstained == now else "answered before, not now" if now else "not answered before, answered now"


def _answer(user: User, question: str) -> Answer:
    given = remember(Conversation.objects.create(user=user), question)
    Answer.objects.filter(pk=given.pk).update(state=Answer.State.PENDING)
    for _event in answering(given.pk):
        pass
    given.refresh_from_db()
    return given


def _quotes(answer: Answer) -> Counter[str]:
    return Counter(answer.citations.values_list("quote_hash", flat=True))

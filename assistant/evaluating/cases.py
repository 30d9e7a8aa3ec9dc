"""Sets, the cases in them, and how cases come about: from what reviewers judged, and from the stored questions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import audit
from accounts.models import User
from assistant.conversing.conversations import LONGEST_QUESTION
from assistant.models import EvalCase, EvaluationSet, SetCase, SetVersion
from knowledge.errors import PermanentError
from knowledge.models import Document

FROM_REVIEWS = "reviews"
LONGEST_ANSWER = 4000  # characters


class CaseRefused(PermanentError):
    """What was judged makes no case; the message says why."""


def cases_of(chosen: EvaluationSet, version: int | None = None) -> QuerySet[SetCase]:
    """The cases of a version, the newest unless given, by key."""
    number = chosen.version if version is None else version
    began = SetCase.objects.filter(set=chosen, since__lte=number)
    return began.filter(Q(until__isnull=True) | Q(until__gt=number)).order_by("key")


def put(chosen: EvaluationSet, key: str, fields: Mapping[str, Any], by: User | None) -> SetCase:
    """Adds a case, or ends the one of this key and begins its new wording; either begins a version of the set.

    Nothing happens when the case is as it is wanted already.
    """
    with transaction.atomic():
        before = cases_of(_held(chosen)).filter(key=key).first()
        if before is not None and all(getattr(before, name) == value for name, value in fields.items()):
            return before
        change = SetVersion.Change.CHANGED if before else SetVersion.Change.ADDED
        number = _next_version(chosen, change, by)
        if before is not None:
            SetCase.objects.filter(pk=before.pk).update(until=number)
        row = SetCase.objects.create(set=chosen, key=key, since=number, by=by, **fields)
        audit.record(by, f"evaluation.case_{change}", row, set=chosen.pk, version=number)
    return row


def change(case: SetCase, by: User, question: str, answer: str) -> SetCase:
    """Other words for a case. Raises CaseRefused when there is no question left, and for a case that names no document
    from everybody but the person it is asked as.

    A question in new words is asked as who wrote it, with nothing before it: nobody asks what they like with the
    permissions of somebody else, or behind what somebody else said.
    """
    question = question.replace("\0", "").strip()[:LONGEST_QUESTION]
    if not question:
        raise CaseRefused("A case needs a question.")
    if not case.documents and case.asked_as != by:
        raise CaseRefused(
            "Nothing was changed. This case names no document, so nobody can say who may see what it is about; only "
            "the person it is asked as can change it. You can take it out of the set."
        )
    kept = ("kind", "asked_as", "turns", "answerable", "gold", "sources", "origin")
    fields = {name: getattr(case, name) for name in kept}
    if question != case.question:
        fields |= {"asked_as": by, "turns": []}
    fields |= {"question": question, "answer": answer.replace("\0", "").strip()[:LONGEST_ANSWER]}
    return put(case.set, case.key, fields, by)


def remove(case: SetCase, by: User) -> None:
    """Takes a case out of the set from the next version on."""
    with transaction.atomic():
        number = _next_version(_held(case.set), SetVersion.Change.REMOVED, by)
        SetCase.objects.filter(pk=case.pk, until__isnull=True).update(until=number)
        audit.record(by, "evaluation.case_removed", case, set=case.set_id, version=number)


def fill(chosen: EvaluationSet, stored: Iterable[EvalCase], by: User | None = None) -> int:
    """Adds stored questions as one version. Gives how many were not in it before.

    One whose gold documents are not all there under their names is left out: nobody can say who may read it.
    """
    known = set(SetCase.objects.filter(set=chosen).values_list("key", flat=True))
    fresh = [case for case in stored if case.key not in known]
    documents = _documents(fresh)
    new = [case for case in fresh if all(entry["document"] in documents for entry in case.gold)]
    if not new:
        return 0
    people = {user.username: user for user in User.objects.filter(username__in={case.asked_as for case in new})}
    rows = [SetCase(key=case.key, by=by, **_fields(case, people, documents)) for case in new]
    with transaction.atomic():
        number = _next_version(_held(chosen), SetVersion.Change.FILLED, by)
        for row in rows:
            row.set, row.since = chosen, number
        SetCase.objects.bulk_create(rows)
        audit.record(by, "evaluation.filled", chosen, version=number, cases=len(new))
    return len(new)


def take(key: str, fields: Mapping[str, Any], by: User) -> SetCase:
    """Puts what came of a review into the set of what reviewers judged, or renews it there. ``fields`` are those of
    ``SetCase``; its ``origin`` is whose question it was: the case goes when they are erased."""
    chosen, _ = EvaluationSet.objects.get_or_create(name=FROM_REVIEWS, defaults={"about": "What reviewers judged"})
    return put(chosen, key, fields, by)


def _fields(case: EvalCase, people: Mapping[str, User], documents: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": case.kind,
        "asked_as": people.get(case.asked_as),
        "turns": case.turns,
        "question": case.question,
        "answerable": case.answerable,
        "answer": case.answer,
        "gold": [{"document": documents[entry["document"]], "quote": entry["quote"]} for entry in case.gold],
    }


def _documents(stored: Iterable[EvalCase]) -> dict[str, str]:
    """collection/name → id, of the documents that gold quotes name."""
    names = {entry["document"] for case in stored for entry in case.gold}
    rows = Document.objects.filter(deleted__isnull=True, name__in={name.split("/", 1)[-1] for name in names})
    return {f"{row.collection.slug}/{row.name}": str(row.pk) for row in rows.select_related("collection")}


def _held(chosen: EvaluationSet) -> EvaluationSet:
    """The row, held until the transaction ends, so that two changes make two versions."""
    return EvaluationSet.objects.select_for_update().get(pk=chosen.pk)


def _next_version(chosen: EvaluationSet, change: str, by: User | None) -> int:
    EvaluationSet.objects.filter(pk=chosen.pk).update(version=F("version") + 1)
    chosen.refresh_from_db(fields=["version"])
    SetVersion.objects.create(set=chosen, number=chosen.version, change=change, by=by)
    return chosen.version


def readable(rows: Iterable[SetCase], user: User) -> list[SetCase]:
    """Those of which this person may read all that their words may come from."""
    found = list(rows)
    seen = visible_ids(set().union(*(row.documents for row in found)), user)
    return [row for row in found if row.documents <= seen]


def visible_ids(wanted: Iterable[str], user: User) -> set[str]:
    """Which of these documents, by id, the person may read at this moment."""
    ids = [uuid.UUID(one) for one in wanted]
    found: set[str] = set()
    for start in range(0, len(ids), 400):
        rows = Document.objects.visible_to(user).filter(pk__in=ids[start : start + 400])
        found |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    return found

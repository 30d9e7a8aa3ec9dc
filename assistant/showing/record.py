"""Everything that is kept about one answer, in the order in which it came about, for those who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import User
from assistant.models import Answer, Review, ReviewItem, Standing
from assistant.showing.making import Making, making
from assistant.showing.presenting import AnswerView, present
from assistant.sources import may_see, searched_in
from knowledge.models import Collection, Document, Passage

_SIGNS = {
    "bare": "Likeness of the best sentence with the question",
    "length": "Length of the question",
    "lead": "How far the best passage's score stands out from the next",
    "dense_lead": "How far its likeness stands out",
    "read": "Log-odds, by six, that the likeliest sentences answer, read together with the question",
    "numbers_missing": "A number of the question is missing beside it",
    # Signs of answers that were given before decision 0032.
    "coverage": "Words of the question found in and around it",
    "dense": "Likeness of the best passage",
}
_TIMES = {
    "rewrite": "Putting the follow-up in words that stand alone",
    "wait": "Waiting for the index and a core",
    "embed": "Embedding the question",
    "search": "Searching and ranking",
    "rerank": "Re-ranking",
    "generate": "Writing",
    "ground": "Checking against the quotes",
    "total": "In all",
}


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A passage that was found. ``place`` is empty where only its document is still known."""

    rank: int
    title: str
    collection: str
    place: str
    version: str
    score: float
    dense: float | None
    lexical: float | None
    used: bool
    supplied: bool


@dataclass(frozen=True, slots=True)
class Record:
    """``view`` is the answer as this person sees it; ``made`` what it was made with, ids and digests only.

    How much was open to its asker is for them alone; the index position, which moves with everybody's documents, for
    administrators.
    """

    answer: Answer
    view: AnswerView
    mine: bool
    manages: bool
    collections: tuple[str, ...]
    candidates: tuple[CandidateView, ...]
    signs: tuple[tuple[str, float], ...]
    made: Mapping[str, Any]
    making: Making
    times: tuple[tuple[str, float], ...]
    verdicts: tuple[tuple[str, int], ...]


def openable(answer: Answer, user: User) -> bool:
    """Whether this answer exists for them: it is theirs, or they review and may see all it rests on. Of a question
    that nothing answered, all that was found or named: its words may be about that."""
    if answer.turn.conversation.user_id == user.pk:
        return True
    return user.is_reviewer and sees_all(answer, user)


def sees_all(answer: Answer, user: User) -> bool:
    if not answer.abstained:
        return bool(answer.sentence_count) and may_see(answer, user)
    found = searched_in(answer)
    return bool(found) and Document.objects.visible_to(user).filter(pk__in=found).count() == len(found)


def record_of(answer: Answer, user: User) -> Record:
    mine = answer.turn.conversation.user_id == user.pk
    names = Collection.objects.filter(pk__in=answer.scope, documents__in=Document.objects.visible_to(user))
    given = _verdicts(answer, user).values_list("verdict").annotate(n=Count("pk")) if user.is_reviewer else ()
    return Record(
        answer=answer,
        view=present(answer, user),
        mine=mine,
        manages=user.is_administrator,
        collections=tuple(names.distinct().order_by("name").values_list("name", flat=True)),
        candidates=tuple(_candidates(answer, user)),
        signs=tuple((_SIGNS.get(name, name), value) for name, value in answer.signs.items()),
        made=answer.made_with,
        making=making(answer),
        times=tuple((_TIMES.get(name, name), value) for name, value in answer.timings_ms.items()),
        verdicts=tuple((str(Standing(verdict).label), n) for verdict, n in given),
    )


def _verdicts(answer: Answer, reviewer: User) -> QuerySet[Review]:
    """Their own alone as long as the review goes on: whoever may still give an opinion does not know the others'."""
    rows = answer.reviews.all()
    going_on = ReviewItem.objects.filter(answer=answer).exclude(state=ReviewItem.State.DONE).exists()
    return rows.filter(reviewer=reviewer) if going_on else rows


def _candidates(answer: Answer, user: User) -> list[CandidateView]:
    """Those of documents that this person may read now; the others are as if they had not been found, in the ranks
    too."""
    ids = {uuid.UUID(row["document_id"]) for row in answer.retrieved}
    documents = {
        str(row.pk): row
        for row in Document.objects.visible_to(user).filter(pk__in=ids).select_related("collection", "current")
    }
    found = Passage.objects.visible_to(user).filter(pk__in=[row["passage_id"] for row in answer.retrieved])
    passages = {row.pk: row for row in found.select_related("page", "version").defer("page__text", "vector", "text")}
    views: list[CandidateView] = []
    for row in answer.retrieved:
        document = documents.get(row["document_id"])
        if document is None:
            continue
        passage = passages.get(row["passage_id"])
        views.append(
            CandidateView(
                rank=len(views) + 1,
                title=document.title,
                collection=document.collection.name,
                place=_place(passage),
                version=_version(row, document, passage),
                score=row["score"],
                dense=row.get("dense"),
                lexical=row.get("lexical"),
                used=row["used"],
                supplied=row.get("supplied", False),
            )
        )
    return views


def _place(passage: Passage | None) -> str:
    return " › ".join(passage.heading_path) or f"page {passage.page.number}" if passage is not None else ""


def _version(row: Mapping[str, Any], document: Document, passage: Passage | None) -> str:
    """Which version was found, and whether it is still the current one."""
    found = row.get("version_id") or (passage.version_id if passage is not None else None)
    if found is None:
        return "not kept"
    number = document.versions.filter(pk=found).values_list("number", flat=True).first()
    named = f"version {number}" if number else "a version that is gone"
    return named if found == document.current_id else f"{named}, no longer current"

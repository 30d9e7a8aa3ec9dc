"""Gaps as the keepers of documents see them.

A question goes to the keeper of one of its nearest documents, who may also read the very nearest: then it is about
what they may read. They see its words and never whose they are; of documents, those that they may read themselves.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from assistant.gaps.rows import Gap, GapNear, GapQuestion
from knowledge.models import Collection, Document
from knowledge.ownership import keepers_of, kept_by

MOST = 50  # groups on the page
SAID = 8  # questions shown of a group


@dataclass(slots=True)
class GapView:
    """A group: what was asked, newest first, and the nearest documents that the viewer may read."""

    id: int
    asked: int = 0
    last: datetime | None = None
    taken_by: str = ""
    mine: bool = False
    questions: list[str] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)  # title, address

    @property
    def more(self) -> int:
        return self.asked - len(self.questions)


def keepers(question: GapQuestion) -> list[User]:
    """Whom a question is sent to."""
    near = list(question.near.select_related("document__owner", "document__collection__owner"))
    people = {person.pk: person for row in near for person in keepers_of(row.document)}
    return [person for person in people.values() if shown_to(person).filter(pk=question.pk).exists()]


def shown_to(user: User) -> QuerySet[GapQuestion]:
    """Open questions that this person is shown: near a document in their care, and nearest to one they may read."""
    readable = Document.objects.visible_to(user)
    near = GapNear.objects.filter(document__in=readable.filter(kept_by(user))).values("question")
    nearest = GapNear.objects.filter(document__in=readable, rank=0).values("question")
    refused = Gap.objects.filter(refusals__user=user).values("pk")
    found = GapQuestion.objects.filter(Q(pk__in=near) & Q(pk__in=nearest), answered__isnull=True)
    return found.exclude(gap__in=refused)


def gaps_for(user: User) -> list[GapView]:
    """Groups by how many asked, then the newest."""
    shown = shown_to(user).select_related("answer__turn__parent", "gap__taken_by").order_by("-created", "-pk")
    views: dict[int, GapView] = {}
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row in shown.iterator(chunk_size=500):
        view = views.get(row.gap_id)
        if view is None:
            taken = row.gap.taken_by
            view = views[row.gap_id] = GapView(
                row.gap_id, last=row.created, taken_by=str(taken) if taken else "", mine=taken == user
            )
        view.asked += 1
        members[row.gap_id].append(row.pk)
        if len(view.questions) < SAID:
            view.questions.append(row.answer.turn.question)
    ordered = sorted(views.values(), key=lambda view: (-view.asked, -view.id))[:MOST]
    for view in ordered:
        view.documents = _documents(user, members[view.id])
    return ordered


def _documents(user: User, questions: list[int]) -> list[tuple[str, str]]:
    ids: list[uuid.UUID] = list(
        dict.fromkeys(
            GapNear.objects.filter(question__in=questions[:SAID]).order_by("rank").values_list("document_id", flat=True)
        )
    )
    titles = dict(Document.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "title"))
    return [(titles[key], reverse("document", args=[key])) for key in ids if key in titles][:3]


def find(user: User, gap_id: int) -> Gap | None:
    """A group of which this person is shown something."""
    return Gap.objects.filter(pk=gap_id, pk__in=shown_to(user).values("gap")).first()


def can_add(user: User) -> bool:
    return Collection.objects.curated_by(user).exists()

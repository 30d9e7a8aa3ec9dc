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
NAMED = 3  # documents named beside it


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
    columns = ("pk", "gap_id", "created", "answer__turn__question")
    views: dict[int, GapView] = {}
    members: defaultdict[int, list[int]] = defaultdict(list)
    for pk, gap, created, question in shown_to(user).order_by("-created", "-pk").values_list(*columns).iterator():
        view = views.setdefault(gap, GapView(gap, last=created))
        view.asked += 1
        if len(view.questions) < SAID:
            view.questions.append(question)
            members[gap].append(pk)
    ordered = sorted(views.values(), key=lambda view: (-view.asked, -view.id))[:MOST]
    _add_takers(user, ordered)
    _add_documents(user, ordered, members)
    return ordered


def _add_takers(user: User, views: list[GapView]) -> None:
    taken = Gap.objects.filter(pk__in=[view.id for view in views], taken_by__isnull=False).select_related("taken_by")
    people = {gap.pk: gap.taken_by for gap in taken}
    for view in views:
        if person := people.get(view.id):
            view.taken_by, view.mine = str(person), person == user


def _add_documents(user: User, views: list[GapView], members: dict[int, list[int]]) -> None:
    """The nearest documents of the questions shown, the nearest first."""
    of = {question: view.id for view in views for question in members[view.id]}
    near: defaultdict[int, dict[uuid.UUID, None]] = defaultdict(dict)
    rows = GapNear.objects.filter(question__in=list(of)).order_by("rank", "pk")
    for question, document in rows.values_list("question_id", "document_id"):
        near[of[question]].setdefault(document)
    wanted = {document for named in near.values() for document in named}
    titles = dict(Document.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", "title"))
    for view in views:
        shown = [key for key in near[view.id] if key in titles][:NAMED]
        view.documents = [(titles[key], reverse("document", args=[key])) for key in shown]


def find(user: User, gap_id: int) -> Gap | None:
    """A group of which this person is shown something."""
    return Gap.objects.filter(pk=gap_id, pk__in=shown_to(user).values("gap")).first()


def can_add(user: User) -> bool:
    return Collection.objects.curated_by(user).exists()

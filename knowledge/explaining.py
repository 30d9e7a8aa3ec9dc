"""Who can see a document and why, and why somebody cannot, for administrators. Told from grants; never from content.

The steps are worked out one by one beside the read rule, which has the last word: ``Explanation.visible`` is what it
says at this moment, and ``agrees`` is false when the steps would have said otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from knowledge.models import Document, DocumentVersion, Grant, Restriction

logger = logging.getLogger("footnote.access")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must hold, and what is the case. ``reading`` is false for what only answers need."""

    name: str
    holds: bool
    text: str
    reading: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    visible: bool
    steps: tuple[Step, ...]

    @property
    def agrees(self) -> bool:
        return self.visible == all(step.holds for step in self.steps if step.reading)

    @property
    def answered_from(self) -> bool:
        return self.visible and all(step.holds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can see a document, and by what."""

    person: User
    curates: bool
    reasons: tuple[str, ...]


def explain(document: Document, person: User) -> Explanation:
    """Step by step whether this person can see this document."""
    steps = tuple(_steps(document, person))
    found = Explanation(Document.objects.visible_to(person).filter(pk=document.pk).exists(), steps)
    if not found.agrees:
        logger.error("explanation and rule differ document=%s person=%s", document.pk, person.pk)
    return found


def _steps(document: Document, person: User) -> Iterator[Step]:
    active = "The account is active." if person.is_active else "The account is deactivated, so it sees nothing."
    yield Step("Account", person.is_active, active)
    gone = document.deleted and f"It was deleted on {timezone.localtime(document.deleted):%-d %B %Y}."
    yield Step("Document", not gone, gone or "It is there.")
    yield _collection_step(document, person)
    yield _narrowing_step(document, person)
    yield _version_step(document)


def _collection_step(document: Document, person: User) -> Step:
    grants = list(peoples_grants(document).filter(_includes(person)).select_related("group"))
    name = document.collection.name
    if grants:
        reasons = "; ".join(_by_grant(grant) for grant in grants)
        return Step("Collection", True, f"The collection {name} is open to them: {reasons}.")
    opened = list(peoples_grants(document).select_related("group", "user"))
    whom = ", ".join(dict.fromkeys(str(grant.group or grant.user) for grant in opened))
    rest = f"It is open to {whom}; they are none of these." if opened else "It is open to nobody."
    return Step("Collection", False, f"No grant opens the collection {name} to them. {rest}")


def _narrowing_step(document: Document, person: User) -> Step:
    if not document.restricted:
        return Step("Narrowing", True, "The document is not narrowed: all readers of the collection may see it.")
    named = list(document.restrictions.select_related("group", "user"))
    mine = [row for row in named if row.user_id == person.pk or row.group_id in _groups(person)]
    if mine:
        return Step("Narrowing", True, f"It is narrowed, and they are named: {'; '.join(map(_by_name, mine))}.")
    whom = ", ".join(str(row.group or row.user) for row in named) or "nobody"
    return Step("Narrowing", False, f"It is narrowed to {whom}; they are not among these.")


def _version_step(document: Document) -> Step:
    if document.current_id is not None:
        return Step("Version", True, "A version is ready, so answers can be made from it.", reading=False)
    newest = document.versions.order_by("-number").first()
    state = DocumentVersion.State(newest.state).label if newest else "no upload is left"
    return Step("Version", False, f"No version is ready ({state}), so nothing is answered from it.", reading=False)


def peoples_grants(document: Document) -> QuerySet[Grant]:
    """The grants on its collection, without those of the permission proof."""
    return Grant.objects.filter(collection=document.collection_id).exclude(user__synthetic=True)


def _includes(person: User) -> Q:
    return Q(everyone=True) | Q(user=person) | Q(group__in=_groups(person))


def _groups(person: User) -> list[int]:
    return list(person.groups.values_list("pk", flat=True))


def _by_grant(grant: Grant) -> str:
    curates = " as curator" if grant.role == Grant.Role.CURATOR else ""
    if grant.everyone:
        return f"everyone who can sign in may{curates}"
    return f"by the group {grant.group.name}{curates}" if grant.group else f"by name{curates}"


def _by_name(row: Restriction) -> str:
    return f"by the group {row.group.name}" if row.group else "by name"


def can_see(document: Document) -> QuerySet[User]:
    """Everybody whom grants and narrowing let see a document, by name."""
    if document.deleted is not None:
        return User.objects.none()
    grants = peoples_grants(document)
    people = User.objects.filter(is_active=True)
    if not grants.filter(everyone=True).exists():
        people = people.filter(
            Q(pk__in=grants.filter(user__isnull=False).values("user"))
            | Q(groups__in=grants.filter(group__isnull=False).values("group"))
        )
    if document.restricted:
        named = document.restrictions
        people = people.filter(
            Q(pk__in=named.filter(user__isnull=False).values("user"))
            | Q(groups__in=named.filter(group__isnull=False).values("group"))
        )
    return people.distinct().order_by("display_name", "username", "pk")


def readers(document: Document, people: list[User]) -> list[Reader]:
    """These people, who can see it, each with the grants and the narrowing that let them."""
    grants = list(peoples_grants(document).select_related("group"))
    named = list(document.restrictions.select_related("group")) if document.restricted else []
    found = []
    for person in people:
        groups = set(_groups(person))
        mine = [g for g in grants if g.everyone or g.user_id == person.pk or g.group_id in groups]
        reasons = [_by_grant(grant) for grant in mine]
        if document.restricted:
            also = [_by_name(row) for row in named if row.user_id == person.pk or row.group_id in groups]
            reasons.append(f"named in its narrowing {', '.join(also)}")
        found.append(Reader(person, any(grant.role == Grant.Role.CURATOR for grant in mine), tuple(reasons)))
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection that is open to a person: by what, and how many of its documents they can see."""

    name: str
    reasons: tuple[str, ...]
    seen: int
    documents: int


def shelves(person: User) -> list[Shelf]:
    grants = Grant.objects.filter(_includes(person)).select_related("collection", "group").order_by("collection__name")
    by_collection: dict[int, list[Grant]] = {}
    for grant in grants:
        by_collection.setdefault(grant.collection_id, []).append(grant)
    found = []
    for pk, mine in by_collection.items():
        documents = Document.objects.filter(collection=pk, deleted__isnull=True, canary=False)
        seen = documents.visible_to(person).count()
        found.append(Shelf(mine[0].collection.name, tuple(map(_by_grant, mine)), seen, documents.count()))
    return found

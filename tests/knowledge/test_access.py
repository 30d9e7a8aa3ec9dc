"""The one read rule, as a table of cases, and the same rule over every kind of row made from documents."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.utils import timezone

from accounts.models import User
from knowledge.models import Collection, Document, DocumentVersion, Grant, Page, Passage, Restriction

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One document and one asker; ``grants`` and ``named`` are words: everyone, group, person."""

    visible: bool
    grants: tuple[str, ...] = ()
    restricted: bool = False
    named: tuple[str, ...] = ()
    in_group: bool = False
    deleted: bool = False
    active: bool = True
    role: str = User.Role.READER
    signed_in: bool = True


CASES = {
    "no grant": Case(False),
    "no grant, administrator": Case(False, role=User.Role.ADMINISTRATOR),
    "no grant, reviewer": Case(False, role=User.Role.REVIEWER),
    "opened to everyone": Case(True, ("everyone",)),
    "opened to everyone, not signed in": Case(False, ("everyone",), signed_in=False),
    "opened to everyone, deactivated": Case(False, ("everyone",), active=False),
    "opened to everyone, deactivated administrator": Case(
        False, ("everyone",), active=False, role=User.Role.ADMINISTRATOR
    ),
    "opened to the group, inside": Case(True, ("group",), in_group=True),
    "opened to the group, outside": Case(False, ("group",)),
    "opened to the person": Case(True, ("person",)),
    "opened to the person, deactivated": Case(False, ("person",), active=False),
    "opened to somebody else": Case(False, ("other",)),
    "curated by the person": Case(True, ("curator",)),
    "deleted": Case(False, ("everyone", "person"), deleted=True),
    "deleted, curated": Case(False, ("curator",), deleted=True),
    "restricted, nobody named": Case(False, ("everyone", "person"), restricted=True),
    "restricted, curated but not named": Case(False, ("curator",), restricted=True),
    "restricted to the person": Case(True, ("everyone",), restricted=True, named=("person",)),
    "restricted to the group, inside": Case(True, ("everyone",), restricted=True, named=("group",), in_group=True),
    "restricted to the group, outside": Case(False, ("everyone",), restricted=True, named=("group",)),
    "restricted to somebody else": Case(False, ("everyone",), restricted=True, named=("other",)),
    "restricted to the person, but no grant": Case(False, restricted=True, named=("person",)),
    "restricted to the group, but no grant": Case(False, restricted=True, named=("group",), in_group=True),
    "named but not restricted, no grant": Case(False, named=("person",)),
    "named somebody else but not restricted": Case(True, ("everyone",), named=("other",)),
    "restricted to the person, deleted": Case(False, ("person",), restricted=True, named=("person",), deleted=True),
    "restricted to the person, deactivated": Case(False, ("person",), restricted=True, named=("person",), active=False),
}


def a_document(collection: Collection, name: str = "note.txt") -> Document:
    """A ready document of one page and one passage, without the work of reading it."""
    document = Document.objects.create(collection=collection, name=name, title=name)
    version = DocumentVersion.objects.create(
        document=document, number=1, sha256="0" * 64, filename=name, size=4, state=DocumentVersion.State.READY
    )
    Document.objects.filter(pk=document.pk).update(current=version)
    page = Page.objects.create(version=version, number=1, text="Word")
    Passage.objects.create(
        version=version, page=page, ordinal=0, start=0, end=4, text="Word",
        chunker="1", model_id="m", input_hash="0" * 64, vector=b"",
    )  # fmt: skip
    return document


def arrange(case: Case) -> tuple[User | AnonymousUser, Document]:
    collection = Collection.objects.create(name="Shelf", slug="shelf")
    group = Group.objects.create(name="Crew")
    other = User.objects.create(username="other")
    person = User.objects.create(username="asker", role=case.role, is_active=case.active)
    if case.in_group:
        person.groups.add(group)
    audiences: dict[str, dict[str, object]] = {
        "everyone": {"everyone": True},
        "group": {"group": group},
        "person": {"user": person},
        "other": {"user": other},
        "curator": {"user": person, "role": Grant.Role.CURATOR},
    }
    for word in case.grants:
        Grant.objects.create(collection=collection, **audiences[word])
    document = a_document(collection)
    for word in case.named:
        Restriction.objects.create(document=document, **audiences[word])
    document.restricted = case.restricted
    document.deleted = timezone.now() if case.deleted else None
    document.save(update_fields=["restricted", "deleted"])
    return (person if case.signed_in else AnonymousUser()), document


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_sees_a_document_and_everything_made_from_it(case: Case) -> None:
    asker, document = arrange(case)
    seen = {
        "document": Document.objects.visible_to(asker).filter(pk=document.pk).count(),
        "version": DocumentVersion.objects.visible_to(asker).filter(document=document).count(),
        "page": Page.objects.visible_to(asker).filter(version__document=document).count(),
        "passage": Passage.objects.visible_to(asker).filter(version__document=document).count(),
    }
    assert seen == dict.fromkeys(seen, int(case.visible))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_neighbour_document_is_not_seen_by_the_same_restriction(case: Case) -> None:
    """A restriction names readers of its own document only."""
    asker, document = arrange(case)
    neighbour = a_document(document.collection, "neighbour.txt")
    Document.objects.filter(pk=neighbour.pk).update(restricted=True)
    assert not Document.objects.visible_to(asker).filter(pk=neighbour.pk).exists()


def test_two_ways_in_show_one_row(people: SimpleNamespace, team: Collection) -> None:
    group = Group.objects.create(name="Crew")
    people.bob.groups.add(group)
    Grant.objects.create(collection=team, group=group)
    Grant.objects.create(collection=team, everyone=True)
    document = a_document(team)
    Document.objects.filter(pk=document.pk).update(restricted=True)
    Restriction.objects.create(document=document, user=people.bob)
    Restriction.objects.create(document=document, group=group)
    for rows in (Document, DocumentVersion, Page, Passage):
        assert rows.objects.visible_to(people.bob).count() == 1
    assert Collection.objects.visible_to(people.bob).count() == 1


def test_a_revoked_grant_closes_at_once(people: SimpleNamespace, team: Collection) -> None:
    document = a_document(team)
    assert Document.objects.visible_to(people.bob).filter(pk=document.pk).exists()
    Grant.objects.filter(user=people.bob).delete()
    assert not Document.objects.visible_to(people.bob).exists()


def test_collections_are_seen_by_grant_and_curated_by_role(people: SimpleNamespace, team: Collection) -> None:
    def who(method: str) -> set[str]:
        rows = {name: getattr(Collection.objects, method)(person) for name, person in vars(people).items()}
        return {name for name, found in rows.items() if found.filter(pk=team.pk).exists()}

    assert who("visible_to") == {"alice", "bob", "rita"}
    assert who("curated_by") == {"alice", "ada"}
    assert not Collection.objects.visible_to(AnonymousUser()).exists()
    assert not Collection.objects.curated_by(AnonymousUser()).exists()


def test_a_restricted_document_stays_in_its_curators_care(people: SimpleNamespace, team: Collection) -> None:
    document = a_document(team)
    Document.objects.filter(pk=document.pk).update(restricted=True)
    assert not Document.objects.visible_to(people.alice).exists()
    assert Document.objects.curated_by(people.alice).filter(pk=document.pk).exists()
    assert not Document.objects.curated_by(people.bob).exists()

"""What is remembered of a person's visible documents is what the rule would say now, whatever was changed and how."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from knowledge import scope, stamps
from knowledge.models import Collection, Document, DocumentVersion, Grant, Restriction
from knowledge.rechecking import still_readable
from knowledge.scope import Scope, fresh_scope, visible_scope

pytestmark = pytest.mark.django_db


def a_document(collection: Collection, language: str = "en", chance: random.Random | None = None) -> Document:
    """A document with a current version, without the work of reading it. ``chance`` draws its id."""
    pk = uuid.UUID(int=(chance or random).getrandbits(128))
    document = Document.objects.create(pk=pk, collection=collection, name=pk.hex, title="Note")
    publish(document, language)
    return document


def publish(document: Document, language: str = "en") -> None:
    version = DocumentVersion.objects.create(
        document=document,
        number=document.versions.count() + 1,
        sha256="0" * 64,
        filename="n",
        size=1,
        language=language,
    )
    Document.objects.filter(pk=document.pk).update(current=version)


def plain(seen: Scope) -> tuple[object, ...]:
    return sorted(seen.versions.tolist()), seen.collections, seen.replaced, seen.languages


def asked(user: User) -> tuple[object, ...]:
    """Straight from the one rule, without the code under test."""
    begun = Q(effective__isnull=True) | Q(effective__lte=timezone.localdate())
    seen = list(Document.objects.visible_to(user).filter(current__isnull=False).select_related("current"))
    ids = set(Document.objects.visible_to(user).filter(begun, current__isnull=False).values_list("pk", flat=True))
    return (
        sorted(document.current_id or 0 for document in seen),
        tuple(sorted({document.collection_id for document in seen})),
        frozenset(document.pk for document in seen if document.superseded_by_id in ids),
        tuple(sorted({"en"} | {document.current.language or "en" for document in seen if document.current})),
    )


def nobody_is_told_yesterdays_truth() -> None:
    every = set(Document.objects.values_list("pk", flat=True))
    for user in User.everybody.order_by("pk"):
        now = asked(user)
        assert still_readable(user, every) == set(Document.objects.visible_to(user).values_list("pk", flat=True))
        assert plain(visible_scope(user)) == now, user.username
        assert plain(fresh_scope(user)) == now


class House:
    """Three shelves, two groups, four people; every method is a change somebody may make, in one way to make it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.shelves = [Collection.objects.create(name=name, slug=name) for name in ("a", "b", "c")]
        for name in ("crew", "office"):
            Group.objects.create(name=name)
        for name in ("alice", "bob", "charlie", "dora"):
            User.objects.create(username=name)
        for shelf in self.shelves:
            for _ in range(4):
                a_document(shelf, chance=self.dice)

    def one(self, rows: type) -> object:
        return self.dice.choice(list(rows._default_manager.order_by("pk")))  # type: ignore[attr-defined]

    def audience(self) -> dict[str, object]:
        return {"group": self.one(Group)} if self.dice.random() < 0.5 else {"user": self.one(User)}

    def grant(self) -> None:
        audience = {"everyone": True} if self.dice.random() < 0.2 else self.audience()
        Grant.objects.get_or_create(collection=self.one(Collection), **audience)

    def revoke(self) -> None:
        given = list(Grant.objects.order_by("pk").values_list("pk", flat=True))
        Grant.objects.filter(pk__in=self.dice.sample(given, min(2, len(given)))).delete()

    def move_a_grant(self) -> None:
        grant = Grant.objects.filter(everyone=False).first()
        if grant and not Grant.objects.filter(collection=self.shelves[2], group=grant.group, user=grant.user).exists():
            Grant.objects.filter(pk=grant.pk).update(collection=self.shelves[2])

    def join(self) -> None:
        self.one(User).groups.add(self.one(Group))  # type: ignore[attr-defined]

    def leave(self) -> None:
        self.one(Group).user_set.remove(self.one(User))  # type: ignore[attr-defined]

    def set_groups(self) -> None:
        self.one(User).groups.set(list(Group.objects.order_by("pk"))[: self.dice.randint(0, 2)])  # type: ignore[attr-defined]

    def dissolve_a_group(self) -> None:
        self.one(Group).delete()  # type: ignore[attr-defined]
        Group.objects.create(name=f"group {self.dice.random()}")

    def narrow(self) -> None:
        document = self.one(Document)
        document.restricted = not document.restricted  # type: ignore[attr-defined]
        document.save()  # type: ignore[attr-defined]

    def narrow_a_shelf(self) -> None:
        Document.objects.filter(collection=self.one(Collection)).update(restricted=self.dice.random() < 0.5)

    def name_a_reader(self) -> None:
        Restriction.objects.create(document=self.one(Document), **self.audience())

    def unname_readers(self) -> None:
        Restriction.objects.filter(document=self.one(Document)).delete()

    def shelve_elsewhere(self) -> None:
        Document.objects.filter(pk=self.one(Document).pk).update(collection=self.one(Collection))  # type: ignore[attr-defined]

    def delete(self) -> None:
        Document.objects.filter(pk=self.one(Document).pk).update(deleted=timezone.now())  # type: ignore[attr-defined]

    def bring_back_by_hand(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE knowledge_document SET deleted = NULL")

    def purge(self) -> None:
        Document.objects.filter(deleted__isnull=False).delete()

    def write(self) -> None:
        a_document(self.one(Collection), self.dice.choice(["en", "de", ""]), self.dice)  # type: ignore[arg-type]

    def new_version(self) -> None:
        publish(self.one(Document), self.dice.choice(["en", "es"]))  # type: ignore[arg-type]

    def withdraw(self) -> None:
        Document.objects.filter(pk=self.one(Document).pk).update(current=None)  # type: ignore[attr-defined]

    def drop_a_version(self) -> None:
        self.one(DocumentVersion).delete()  # type: ignore[attr-defined]

    def other_language(self) -> None:
        DocumentVersion.objects.filter(pk=self.one(DocumentVersion).pk).update(language="fr")  # type: ignore[attr-defined]

    def replace(self) -> None:
        older, newer = self.one(Document), self.one(Document)
        Document.objects.filter(pk=older.pk).exclude(pk=newer.pk).update(superseded_by=newer)  # type: ignore[attr-defined]

    def begin(self) -> None:
        """In force from yesterday, or only from tomorrow on: until then it replaces nothing."""
        day = timezone.localdate() + timedelta(days=self.dice.choice([-1, 1]))
        Document.objects.filter(pk=self.one(Document).pk).update(effective=day)  # type: ignore[attr-defined]

    def make_a_canary(self) -> None:
        """A document that only those see who prove the permissions, and one that was such a document."""
        document = self.one(Document)
        Document.objects.filter(pk=document.pk).update(canary=not document.canary)  # type: ignore[attr-defined]

    def make_synthetic(self) -> None:
        """Somebody is one of those who see canaries, or is a person again."""
        user = self.dice.choice(list(User.everybody.order_by("pk")))
        User.everybody.filter(pk=user.pk).update(synthetic=not user.synthetic)

    def deactivate(self) -> None:
        User.objects.filter(pk=self.one(User).pk).update(is_active=self.dice.random() < 0.5)  # type: ignore[attr-defined]

    def think_again(self) -> None:
        """A change that is asked about and then taken back, and another one right after it."""
        with transaction.atomic():
            Grant.objects.get_or_create(collection=self.one(Collection), everyone=True)
            Document.objects.update(restricted=False)
            nobody_is_told_yesterdays_truth()
            transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_change_everybody_is_told_what_holds_now(seed: int) -> None:
    house = House(seed)
    changes: list[Callable[[], None]] = [
        getattr(house, name)
        for name, value in vars(House).items()
        if callable(value) and name not in {"__init__", "one", "audience"}
    ]
    for _ in range(2):
        house.dice.shuffle(changes)
        for change in [*changes, house.grant, house.grant, house.write]:
            change()
            nobody_is_told_yesterdays_truth()


def test_a_first_day_a_canary_and_a_synthetic_user_are_changes_too(people: SimpleNamespace, team: Collection) -> None:
    older, newer = a_document(team), a_document(team)
    Document.objects.filter(pk=older.pk).update(superseded_by=newer)
    assert visible_scope(people.bob).replaced == {older.pk}
    today = timezone.localdate()
    for day, replaced in ((today + timedelta(days=1), set()), (today, {older.pk}), (None, {older.pk})):
        Document.objects.filter(pk=newer.pk).update(effective=day)
        assert visible_scope(people.bob).replaced == replaced
        nobody_is_told_yesterdays_truth()
    for canary, seen in ((True, 1), (False, 2)):
        Document.objects.filter(pk=older.pk).update(canary=canary)
        assert len(visible_scope(people.bob).versions) == seen
        nobody_is_told_yesterdays_truth()
    for synthetic, seen in ((True, 0), (False, 2)):
        User.everybody.filter(pk=people.bob.pk).update(synthetic=synthetic)
        assert len(visible_scope(User.everybody.get(pk=people.bob.pk)).versions) == seen
        nobody_is_told_yesterdays_truth()


def test_what_is_read_over_midnight_is_not_remembered_for_the_new_day(
    people: SimpleNamespace, team: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = a_document(team), a_document(team)
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    Document.objects.filter(pk=older.pk).update(superseded_by=newer)
    Document.objects.filter(pk=newer.pk).update(effective=tomorrow)
    clock, read = [today], scope._replaced
    monkeypatch.setattr(timezone, "localdate", lambda *_: clock[0])

    def midnight_strikes(user: User, pairs: list[tuple[uuid.UUID, uuid.UUID]]) -> frozenset[uuid.UUID]:
        found = read(user, pairs)
        clock[0] = tomorrow
        return found

    monkeypatch.setattr(scope, "_replaced", midnight_strikes)
    assert visible_scope(people.bob).replaced == frozenset()
    assert visible_scope(people.bob).replaced == {older.pk}, "from its first day on"


def test_an_unchanged_house_costs_one_read(
    people: SimpleNamespace, team: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = a_document(team)
    before = visible_scope(people.bob)
    with django_assert_num_queries(1):
        assert visible_scope(people.bob) is before
    document.title = "Another title"
    document.save(update_fields=["title", "updated"])
    assert visible_scope(people.bob) is before


def test_a_new_document_is_read_alone(people: SimpleNamespace, team: Collection) -> None:
    for _ in range(30):
        a_document(team)
    visible_scope(people.bob)
    added = a_document(team).versions.get()
    with connection.execute_wrapper(no_walk_over_all_documents):
        assert added.pk in visible_scope(people.bob).versions


def no_walk_over_all_documents(execute: Callable[..., object], sql: str, *rest: object) -> object:
    assert "knowledge_document" not in sql or " BETWEEN " in sql, sql
    return execute(sql, *rest)


def test_people_who_see_the_same_share_it_in_memory(people: SimpleNamespace, team: Collection) -> None:
    a_document(team)
    assert visible_scope(people.bob).versions is visible_scope(people.rita).versions
    assert not visible_scope(people.bob).versions.flags.writeable


def test_nothing_is_remembered_while_a_trigger_is_missing(people: SimpleNamespace, team: Collection) -> None:
    a_document(team)
    assert len(visible_scope(people.bob).versions) == 1
    with connection.cursor() as cursor:
        on_table = "" if connection.vendor == "sqlite" else " ON knowledge_grant"
        name = "visibility_knowledge_grant" + ("_delete" if connection.vendor == "sqlite" else "")
        cursor.execute(f"DROP TRIGGER {name}{on_table}")
    assert stamps.read(connection) is None
    Grant.objects.filter(user=people.bob).delete()
    assert len(visible_scope(people.bob).versions) == 0
    Grant.objects.create(collection=team, user=people.bob)
    # The next migrate makes it again, and what happened meanwhile counts as a change.
    Grant.objects.filter(user=people.bob).delete()
    call_command("migrate", verbosity=0)
    assert stamps.read(connection) is not None
    assert len(visible_scope(people.bob).versions) == 0

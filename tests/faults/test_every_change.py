"""Acceptance 6: whatever is changed about access, in whatever order, search returns what the grants allow at that
moment, no more and no less."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from knowledge import lexical, projection
from knowledge.documents import delete_document
from knowledge.models import Document, Grant, Restriction
from knowledge.search import search
from tests.faults.company import Company, words_in

pytestmark = pytest.mark.django_db
NUMBER = st.integers(min_value=0, max_value=10**6)


class Changes(RuleBasedStateMachine):
    """One house, made once; each example changes it and takes everything back."""

    house: Company

    def __init__(self) -> None:
        super().__init__()
        projection.forget_projection()  # positions that are taken back come again here, which they never do for real
        self._taken_back = transaction.atomic()
        self._taken_back.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._taken_back.__exit__(None, None, None)

    def person(self, number: int) -> User:
        return self.house.people[number % len(self.house.people)]

    def document(self, number: int) -> Document:
        return Document.objects.get(pk=self.house.documents[number % len(self.house.documents)].pk)

    def audience(self, number: int) -> dict[str, object]:
        if number % 2:
            return {"user": self.person(number // 2)}
        return {"group": self.house.groups[(number // 2) % len(self.house.groups)]}

    @rule(shelf=NUMBER, whom=NUMBER)
    def share(self, shelf: int, whom: int) -> None:
        collection = self.house.collections[shelf % len(self.house.collections)]
        Grant.objects.get_or_create(collection=collection, **self.audience(whom))

    @rule(which=NUMBER)
    def unshare(self, which: int) -> None:
        grants = list(Grant.objects.order_by("pk"))
        if grants:
            grants[which % len(grants)].delete()

    @rule(shelf=NUMBER)
    def open_to_everyone_or_close(self, shelf: int) -> None:
        collection = self.house.collections[shelf % len(self.house.collections)]
        grant, made = Grant.objects.get_or_create(collection=collection, everyone=True)
        if not made:
            grant.delete()

    @rule(which=NUMBER, whom=NUMBER)
    def narrow(self, which: int, whom: int) -> None:
        document = self.document(which)
        Document.objects.filter(pk=document.pk).update(restricted=True)
        Restriction.objects.get_or_create(document=document, **self.audience(whom))

    @rule(which=NUMBER)
    def widen(self, which: int) -> None:
        Document.objects.filter(pk=self.document(which).pk).update(restricted=False)

    @rule(which=NUMBER, shelf=NUMBER)
    def move(self, which: int, shelf: int) -> None:
        collection = self.house.collections[shelf % len(self.house.collections)]
        Document.objects.filter(pk=self.document(which).pk).update(collection=collection)

    @rule(whom=NUMBER, group=NUMBER)
    def join_or_leave(self, whom: int, group: int) -> None:
        crew, person = self.house.groups[group % len(self.house.groups)], self.person(whom)
        change = person.groups.remove if person.groups.filter(pk=crew.pk).exists() else person.groups.add
        change(crew)

    @rule(which=NUMBER)
    def delete_or_restore(self, which: int) -> None:
        document = self.document(which)
        if document.deleted is None:
            delete_document(document, None)
            return
        assert document.current is not None
        Document.objects.filter(pk=document.pk).update(deleted=None)
        lexical.index_version(document.current.pk)
        projection.record_added(document.current.pk, 1)

    @rule(whom=NUMBER)
    def deactivate_or_bring_back(self, whom: int) -> None:
        person = User.objects.get(pk=self.person(whom).pk)
        User.objects.filter(pk=person.pk).update(is_active=not person.is_active)

    @rule(older=NUMBER, newer=NUMBER)
    def supersede(self, older: int, newer: int) -> None:
        if self.document(older) != self.document(newer):
            Document.objects.filter(pk=self.document(older).pk).update(superseded_by=self.document(newer))

    @rule()
    def think_again(self) -> None:
        """A change that was looked at and then taken back."""
        with transaction.atomic():
            Grant.objects.get_or_create(collection=self.house.collections[0], everyone=True)
            Document.objects.update(restricted=False)
            self.search_returns_what_the_grants_allow()
            transaction.set_rollback(True)

    @invariant()
    def search_returns_what_the_grants_allow(self) -> None:
        for person in User.objects.filter(pk__in=[one.pk for one in self.house.people]):
            found = set(words_in(*(item.text for item in search("What is the access code?", person, 50).evidence)))
            assert found == self.house.theirs(person), person.username


def run(examples: int, steps: int, deterministic: bool) -> None:
    Changes.house = Company(people=4, documents=8, seed=3)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # not typed by hypothesis
        Changes,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=deterministic, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_search_follows_every_change() -> None:
    run(examples=5, steps=12, deterministic=True)


@pytest.mark.full
def test_search_follows_every_change_five_hundred_times() -> None:
    run(examples=500, steps=20, deterministic=False)

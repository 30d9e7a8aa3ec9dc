"""Alice is reminded of her document before its date and on it, and says what she found."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Notice
from knowledge.models import Collection, Document, Grant
from knowledge.reminding import remind
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def leave(people: SimpleNamespace, team: Collection, make_document: MakeDocument) -> Document:
    document = make_document(team, "leave.md", "# Leave rules\n\nThirty days a year.\n", people.alice)
    document.owner = people.alice
    document.review_by = timezone.localdate() + timedelta(days=10)
    document.save()
    return document


def texts(person: object) -> list[str]:
    return list(Notice.objects.filter(user=person).order_by("id").values_list("text", flat=True))


def test_once_before_and_once_on_the_day(leave: Document, people: SimpleNamespace, client_for: ClientFor) -> None:
    assert remind() == 1 and remind() == 0
    leave.review_by = timezone.localdate()
    leave.save()
    assert remind() == 1 and remind() == 0
    assert len(texts(people.alice)) == 2 and not texts(people.bob)
    page = client_for(people.alice).get("/notices/").content.decode()
    assert "“Leave rules” should be looked at again by" in page


def test_still_right_sets_a_new_date_and_reminds_again_then(
    leave: Document, people: SimpleNamespace, client_for: ClientFor
) -> None:
    remind()
    alice = client_for(people.alice)
    assert "Leave rules" in alice.get("/documents/due/").content.decode()
    url = f"/documents/{leave.pk}/looked-at/"
    later = timezone.localdate() + timedelta(days=200)
    for wrong in ("", "soon", timezone.localdate().isoformat()):
        alice.post(url, {"found": "right", "until": wrong})
        leave.refresh_from_db()
        assert leave.review_by != later
    alice.post(url, {"found": "right", "until": later.isoformat()})
    leave.refresh_from_db()
    assert leave.review_by == later and remind() == 0
    assert "data-due" not in alice.get("/documents/due/").content.decode()


def test_what_was_told_is_not_gone_through_again(
    leave: Document,
    people: SimpleNamespace,
    team: Collection,
    make_document: MakeDocument,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("a.md", "b.md", "c.md"):
        made = make_document(team, name, f"# Rules {name}\n\nFive days.\n", people.alice)
        Document.objects.filter(pk=made.pk).update(owner=people.alice, review_by=timezone.localdate())
    assert remind() == 4
    with django_assert_max_num_queries(4):
        assert remind() == 0



def test_retired_is_no_longer_in_force(leave: Document, people: SimpleNamespace, client_for: ClientFor) -> None:
    client_for(people.alice).post(f"/documents/{leave.pk}/looked-at/", {"found": "retired"})
    leave.refresh_from_db()
    assert leave.review_by is None and not leave.force.holds(timezone.localdate())


def test_others_neither_see_nor_settle_it(leave: Document, people: SimpleNamespace, client_for: ClientFor) -> None:
    for person in (people.bob, people.charlie, people.ada):
        browser = client_for(person)
        assert "Leave rules" not in browser.get("/documents/due/").content.decode()
        assert browser.post(f"/documents/{leave.pk}/looked-at/", {"found": "retired"}).status_code == 404


def test_without_an_owner_the_collections_is_asked_then_its_curators(leave: Document, people: SimpleNamespace) -> None:
    Document.objects.update(owner=None)
    Collection.objects.update(owner=people.bob)
    remind()
    assert texts(people.bob) and not texts(people.alice)
    Collection.objects.update(owner=None)
    Document.objects.update(review_by=timezone.localdate())
    remind()
    assert texts(people.alice)


def test_what_those_who_left_kept_goes_to_the_collections_owner_then_to_its_curators(
    leave: Document, people: SimpleNamespace, team: Collection, client_for: ClientFor
) -> None:
    """Alice uploaded it and leaves the company; her account is deactivated."""
    Grant.objects.create(collection=team, user=people.charlie, role=Grant.Role.CURATOR)
    Collection.objects.update(owner=people.bob)
    people.alice.is_active = False
    people.alice.save()
    due = {who: client_for(who).get("/documents/due/").content.decode() for who in (people.bob, people.charlie)}
    assert ["data-due" in page for page in due.values()] == [True, False]
    assert remind() == 1 and texts(people.bob) and not texts(people.alice) + texts(people.charlie)
    facts = client_for(people.bob).get(f"/documents/{leave.pk}/").content.decode()
    assert "<dt>Owner</dt><dd>Bob</dd>" in facts

    people.bob.is_active = False
    people.bob.save()
    Document.objects.update(review_by=timezone.localdate())
    charlie = client_for(people.charlie)
    assert "data-due" in charlie.get("/documents/due/").content.decode()
    assert remind() == 1 and texts(people.charlie) and not texts(people.alice)
    assert "<dt>Owner</dt><dd>nobody is named</dd>" in charlie.get(f"/documents/{leave.pk}/").content.decode()


def test_an_owner_who_may_no_longer_read_it_is_not_told(leave: Document, people: SimpleNamespace) -> None:
    Grant.objects.filter(user=people.alice).delete()
    assert remind() == 0 and not texts(people.alice)


def test_many_at_once_are_one_notice(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    document = make_document(team, "leave.md", "# Leave rules\n\nThirty days a year.\n", people.alice)
    for number in range(6):
        Document.objects.create(
            collection=team, name=f"{number}.md", title=f"Rule {number}", review_by=timezone.localdate()
        )
    for row in Document.objects.exclude(pk=document.pk):
        row.current = row.versions.create(number=1, sha256=row.name, filename=row.name, size=1, state="ready")
        row.save()
    assert remind() == 6
    assert texts(people.alice) == ["6 documents of yours should be looked at again."]

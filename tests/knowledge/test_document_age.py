"""The life of a document as its curator sets it: both ends, what it replaces, and what readers are told of it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from knowledge.force import Force, age_marks
from knowledge.models import Collection, Document, Grant, is_replaced
from knowledge.search import search
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 6, 1)


@pytest.fixture
def shelf(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> SimpleNamespace:
    board = Collection.objects.create(name="Board", slug="board")
    Grant.objects.create(collection=board, user=people.alice)
    return SimpleNamespace(
        old=make_document(team, "old.md", "# Old rules\n\nThe hotel limit is €99 per night.\n", people.alice),
        new=make_document(team, "new.md", "# New rules\n\nThe hotel limit is €145 per night.\n", people.alice),
        board=make_document(board, "board.md", "# Board rules\n\nThe hotel limit is €400.\n", people.ada),
    )


def settings_of(document: Document, **changes: object) -> dict[str, object]:
    return {"title": document.title, "effective": "", "effective_until": "", "review_by": "", **changes}


def test_alice_sets_both_ends_and_what_it_replaces_and_bob_reads_it(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    url = f"/documents/{shelf.new.pk}/"
    changes = settings_of(
        shelf.new, effective="2026-01-01", effective_until="2099-12-31", supersedes=[str(shelf.old.pk)]
    )
    assert client_for(people.bob).post(f"{url}settings/", changes).status_code == 404
    assert client_for(people.alice).post(f"{url}settings/", changes).status_code == 302
    shelf.old.refresh_from_db()
    shelf.new.refresh_from_db()
    assert shelf.old.superseded_by == shelf.new
    assert shelf.new.effective_until == date(2099, 12, 31)
    assert AuditEvent.objects.filter(action="document.changed", object_id=str(shelf.old.pk)).exists()
    page = client_for(people.bob).get(url).content.decode()
    assert "31 December 2099" in page
    assert shelf.old.title in page
    form = client_for(people.alice).get(url).content.decode()
    assert 'value="2026-01-01"' in form, "what was set stands in the field as browsers take it"
    assert 'value="2099-12-31"' in form
    assert client_for(people.alice).post(f"{url}settings/", settings_of(shelf.new)).status_code == 302
    shelf.old.refresh_from_db()
    assert shelf.old.superseded_by is None


def test_what_alice_only_reads_she_cannot_declare_replaced(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    changes = settings_of(shelf.new, supersedes=[str(shelf.board.pk)])
    assert client_for(people.alice).post(f"/documents/{shelf.new.pk}/settings/", changes).status_code == 422
    shelf.board.refresh_from_db()
    assert shelf.board.superseded_by is None


def test_two_documents_cannot_replace_each_other(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    Document.objects.filter(pk=shelf.old.pk).update(superseded_by=shelf.new)
    changes = settings_of(shelf.new, superseded_by=str(shelf.old.pk), supersedes=[str(shelf.old.pk)])
    answer = client_for(people.alice).post(f"/documents/{shelf.new.pk}/settings/", changes)
    assert answer.status_code == 422
    assert "cannot replace each other" in answer.content.decode()


def test_it_cannot_end_before_it_begins(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    changes = settings_of(shelf.new, effective="2026-02-01", effective_until="2026-01-01")
    answer = client_for(people.alice).post(f"/documents/{shelf.new.pk}/settings/", changes)
    assert answer.status_code == 422
    assert "It cannot end before it begins" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=shelf.new.pk).update(effective=date(2026, 2, 1), effective_until=date(2026, 1, 1))


@pytest.mark.parametrize("change", [{"effective_until": -1}, {"effective": 1}])
def test_what_is_not_in_force_today_is_found_behind_what_is(
    shelf: SimpleNamespace, people: SimpleNamespace, change: dict[str, int]
) -> None:
    days = {name: timezone.localdate() + timedelta(days=days) for name, days in change.items()}
    for out, holds in ((shelf.old, shelf.new), (shelf.new, shelf.old)):
        Document.objects.update(effective=None, effective_until=None)
        Document.objects.filter(pk=out.pk).update(**days)
        found = search("hotel limit per night", people.bob).evidence
        assert [item.document_id for item in found] == [holds.pk, out.pk]
        assert [item.superseded for item in found] == [False, True]


def test_the_page_of_an_ended_document_says_so(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    Document.objects.filter(pk=shelf.old.pk).update(effective_until=date(2025, 12, 31))
    client = client_for(people.bob)
    assert "no longer in force (until 31 December 2025)" in client.get(f"/documents/{shelf.old.pk}/").content.decode()
    assert "no longer in force" in client.get(f"/documents/{shelf.old.pk}/v/1/p/1/").content.decode()
    ended = client.get("/documents/?state=ended").content.decode()
    assert shelf.old.title in ended
    assert shelf.new.title not in ended


def test_a_hidden_replacement_is_not_told_of(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    Document.objects.filter(pk=shelf.old.pk).update(superseded_by=shelf.board)
    page, leaf = f"/documents/{shelf.old.pk}/", f"/documents/{shelf.old.pk}/v/1/p/1/"
    bob, alice = client_for(people.bob), client_for(people.alice)
    for address in (page, leaf):
        assert "eplaced" not in bob.get(address).content.decode()
    assert shelf.board.title in alice.get(page).content.decode()
    assert "replaced by another document" in alice.get(leaf).content.decode()


@pytest.mark.parametrize(
    ("force", "said"),
    [
        (Force(None, None), ""),
        (Force(DAY, DAY), ""),
        (Force(None, DAY - timedelta(days=1)), "no longer in force (until 31 May 2026)"),
        (Force(DAY + timedelta(days=1), None), "not in force before 2 June 2026"),
    ],
)
def test_both_ends_count_as_in_force(force: Force, said: str) -> None:
    assert force.said(DAY) == said
    assert force.holds(DAY) is (said == "")


def test_marks_name_everything_there_is_to_say() -> None:
    late = DAY - timedelta(days=1)
    assert age_marks(Force(None, late), late, True, DAY) == (
        "replaced by another document",
        "no longer in force (until 31 May 2026)",
        "past its review date",
    )
    assert age_marks(Force(None, None), DAY, False, DAY) == ()


def test_a_replacement_counts_from_its_first_day(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the old document answers as if nothing was to follow, and nobody has to change a row at midnight."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    Document.objects.filter(pk=shelf.old.pk).update(superseded_by=shelf.new)
    shelf.new.effective = tomorrow
    shelf.new.save()

    def standing() -> tuple[bool, bool]:
        found = {item.document_id: item.superseded for item in search("What is the hotel limit?", people.bob).evidence}
        return found[shelf.old.pk], is_replaced(shelf.old.pk, people.bob)

    assert standing() == (False, False)
    really = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda moment=None: tomorrow if moment is None else really(moment))
    assert standing() == (True, True)
    monkeypatch.undo()
    shelf.new.effective = timezone.localdate()
    shelf.new.save()
    assert standing() == (True, True)

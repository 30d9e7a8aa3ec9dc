"""An answer never outlives what it was made from, and tells nothing of documents its reader cannot open."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from assistant.conversing.suggestions import suggestions
from assistant.models import Answer, Review
from assistant.showing import reviews
from assistant.showing.presenting import WITHHELD, present
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Collection, Document, DocumentVersion
from knowledge.search import search
from tests.assistant.conftest import LEAVE, TRAVEL, Asked
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"


@pytest.fixture
def hidden_replacement(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument, team: Collection
) -> Document:
    """A document that replaces the travel policy and that only its named readers (nobody) may read."""
    newer = make_document(team, "canary-draft.md", LEAVE.replace("27", "29"), people.alice)
    Document.objects.filter(pk=newer.pk).update(restricted=True)
    Document.objects.filter(pk=shelf.travel.pk).update(superseded_by=newer)
    return newer


def test_a_purged_document_leaves_no_word_in_answers(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    reviews.judge(answer, 0, people.rita, "partly", "From July the limit will be €150.")
    delete_document(shelf.travel, people.alice)
    assert present(answer, people.bob).withheld
    assert purge_deleted() == 1
    view = present(Answer.objects.get(pk=answer.pk), people.bob)
    assert (view.withheld, view.notice, view.sentences) == (True, WITHHELD, ())
    assert "€145" not in client_for(people.bob).get(f"/c/{answer.turn.conversation_id}/").content.decode()
    answer.refresh_from_db()
    assert (answer.text, answer.sentences, answer.events.count()) == ("", [], 0)
    assert Review.objects.get().correction == ""
    assert reviews.find(people.rita, answer.pk) is None


def test_an_answer_on_two_documents_goes_with_either(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, f"{HOTEL} And how many days of paid annual leave do employees receive?")
    assert answer.citations.values("document").distinct().count() == 2
    delete_document(shelf.travel, people.alice)
    purge_deleted()
    answer.refresh_from_db()
    assert answer.citations.exists()
    assert present(answer, people.bob).withheld
    assert reviews.find(people.rita, answer.pk) is None


def test_a_hidden_replacement_does_not_show(
    hidden_replacement: Document,
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    asked: Asked,
    client_for: ClientFor,
) -> None:
    answer = asked(people.bob, HOTEL)
    assert not present(answer, people.bob).cited[0].superseded
    assert any(shelf.travel.title in text for text in suggestions(people.bob))
    bob = client_for(people.bob)
    badge = '<span class="badge badge--fair">replaced</span>'  # the filter names the state to everybody
    assert badge not in bob.get("/documents/").content.decode()
    assert "No document fits" in bob.get("/documents/", {"state": "replaced"}).content.decode()
    assert "eplaced" not in bob.get(f"/documents/{shelf.travel.pk}/").content.decode()
    Document.objects.filter(pk=hidden_replacement.pk).update(restricted=False)
    assert present(answer, people.bob).cited[0].superseded
    assert badge in bob.get("/documents/").content.decode()
    assert "Replaced" in bob.get(f"/documents/{shelf.travel.pk}/").content.decode()


def test_settings_of_a_curator_keep_a_replacement_they_cannot_see(
    hidden_replacement: Document, shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    alice = client_for(people.alice)
    assert alice.post(f"/documents/{shelf.travel.pk}/settings/", {"title": "Trips"}).status_code == 302
    shelf.travel.refresh_from_db()
    assert (shelf.travel.title, shelf.travel.superseded_by) == ("Trips", hidden_replacement)
    Document.objects.filter(pk=hidden_replacement.pk).update(restricted=False)
    alice.post(f"/documents/{shelf.travel.pk}/settings/", {"title": "Trips"})
    shelf.travel.refresh_from_db()
    assert shelf.travel.superseded_by is None


def test_a_file_that_is_gone_from_the_disk_is_not_an_error_of_ours(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    address = f"/documents/{shelf.travel.pk}/v/1/download/"
    bob = client_for(people.bob)
    assert b"".join(bob.get(address)) == TRAVEL.encode()  # type: ignore[arg-type]  # a streaming response
    shelf.travel.current.blob.storage.delete(shelf.travel.current.blob.name)
    assert bob.get(address).status_code == 404


def test_bytes_that_are_no_text_are_asked_without_them(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, f"{HOTEL} \udcff")
    assert answer.turn.question == f"{HOTEL} ?"
    assert not answer.abstained


def test_a_footnote_is_dated_by_the_clock_on_the_wall(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, settings: Settings
) -> None:
    """Uploaded on the morning of the third in Auckland, when it was still the second in Greenwich."""
    settings.TIME_ZONE = "Pacific/Auckland"
    DocumentVersion.objects.update(created=datetime(2026, 3, 2, 20, 30, tzinfo=UTC))
    assert {item.dated for item in search(HOTEL, people.bob).evidence} == {date(2026, 3, 3)}
    answer = asked(people.bob, HOTEL)
    assert {footnote.dated for footnote in present(answer, people.bob).cited} == {date(2026, 3, 3)}
    page = client_for(people.bob).get(f"/c/{answer.turn.conversation_id}/").content.decode()
    assert "3 March 2026" in page and "2 March 2026" not in page

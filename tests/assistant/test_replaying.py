"""Everything kept about an answer, for those who may see it; asked again, it says what changed and why."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.models import AuditEvent
from assistant.models import Answer, Conversation, Promotion
from assistant.showing.record import record_of
from assistant.showing.replaying import Replay, ReplayRefused, replay
from knowledge.documents import delete_document
from knowledge.models import Collection, Grant
from tests.assistant.conftest import TRAVEL, Asked
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"


@pytest.fixture
def given(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> Answer:
    return asked(people.bob, QUESTION)


def abouts(found: Replay) -> set[str]:
    return {change.about for change in found.changes}


def said(found: Replay) -> str:
    return " ".join(change.said for change in found.changes)


def test_an_answer_keeps_what_it_was_made_with(given: Answer, people: SimpleNamespace) -> None:
    made = given.made_with
    assert made["scope"]["documents"] == 2
    assert made["policy"]["threshold"] > 0
    assert made["embedding"]
    assert made["recipe"]
    assert made["index"] > 0
    best = given.retrieved[0]
    assert best["version_id"] and best["dense"] > 0
    record = record_of(given, people.bob)
    assert record.candidates[0].version == "version 1"
    assert "145" not in str(given.made_with) + str(given.retrieved)


def test_nothing_changed_gives_the_same_answer_and_leaves_nothing(given: Answer, people: SimpleNamespace) -> None:
    before = (Answer.everything.count(), Conversation.everything.count())
    found = replay(given, people.bob)
    assert found.same
    assert found.changes == ()
    assert found.after is not None
    assert found.after.sentences == () or found.after.sentences[0].text == found.before.sentences[0].text
    assert (Answer.everything.count(), Conversation.everything.count()) == before


def test_a_changed_document_is_named(
    given: Answer, people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    make_document(team, "travel-policy.md", TRAVEL.replace("€145", "€160"), people.alice)
    found = replay(given, people.bob)
    assert not found.same
    assert "version 2 now, 1 then" in said(found)
    assert found.after is not None
    assert "160" in found.after.sentences[0].text


def test_a_changed_right_is_told_from_a_changed_document(
    given: Answer, people: SimpleNamespace, shelf: SimpleNamespace
) -> None:
    Grant.objects.create(collection=shelf.board, user=people.bob)
    assert "Permission" in abouts(replay(given, people.bob))
    Grant.objects.filter(user=people.bob).delete()
    closed = replay(given, people.bob)
    assert "no longer open to the asker" in said(closed)
    assert closed.before.withheld
    assert closed.after is not None and not closed.after.sentences


def test_deleted_documents_are_counted_and_not_named(
    given: Answer, people: SimpleNamespace, shelf: SimpleNamespace
) -> None:
    delete_document(shelf.travel, people.alice)
    found = replay(given, people.bob)
    assert "deleted since" in said(found)
    assert shelf.travel.title not in said(found)


def test_another_policy_and_configuration_are_told(given: Answer, people: SimpleNamespace) -> None:
    Promotion.objects.create(overrides={"threshold": 0.999}, called="strict")
    found = replay(given, people.bob)
    assert {"When to stay silent", "Configuration"} <= abouts(found)
    assert found.after is not None and found.after.abstained


def test_who_may_not_see_the_sources_neither_sees_nor_replays(
    given: Answer, people: SimpleNamespace, client_for: ClientFor
) -> None:
    page, again = f"/answers/{given.pk}/record/", f"/answers/{given.pk}/replay/"
    for person in (people.alice, people.charlie, people.ada):  # Alice could read the sources, but does not review
        browser = client_for(person)
        assert browser.get(page).status_code == browser.post(again).status_code == 404
    with pytest.raises(ReplayRefused):
        replay(given, people.ada)
    for person in (people.bob, people.rita):
        browser = client_for(person)
        shown = browser.get(page)
        assert shown.status_code == 200
        assert "145" in shown.content.decode()
        asked_again = browser.post(again).content.decode()
        assert "the same, word for word" in asked_again
    assert AuditEvent.objects.filter(action="answer.replayed").count() == 2


def test_a_reviewer_is_not_shown_todays_answer_from_what_is_closed_to_them(
    given: Answer, people: SimpleNamespace, shelf: SimpleNamespace, make_document: MakeDocument
) -> None:
    Grant.objects.create(collection=shelf.board, user=people.bob)
    fresh = "# Hotels\n\n## Limit\n\nThe hotel limit is €210 per night for everybody from now on.\n"
    make_document(shelf.board, "hotel-limit.md", fresh, people.alice)
    found = replay(given, people.rita)
    assert found.after is None
    assert "hotel-limit" not in said(found).lower()
    assert "210" not in said(found)


def test_a_reviewer_does_not_learn_how_much_more_the_asker_may_read(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    """Bob may read the board's memo, which was found for him and not used; Rita may not."""
    grant = Grant.objects.create(collection=shelf.board, user=people.bob)
    answer = asked(people.bob, "What is the hotel limit per night in the takeover?")
    assert answer.citations.exists() and not answer.citations.filter(document=shelf.memo).exists()
    # Between two that she may read, say.
    found = sorted(answer.retrieved, key=lambda row: row["document_id"] != str(shelf.memo.pk))
    Answer.objects.filter(pk=answer.pk).update(retrieved=[found[1], found[0], *found[2:]])
    answer.refresh_from_db()
    ranks = [one.rank for one in record_of(answer, people.rita).candidates]
    assert len(ranks) == len(answer.retrieved) - 1
    assert ranks == list(range(1, len(ranks) + 1))
    rita, bob = client_for(people.rita), client_for(people.bob)
    page, own = (browser.get(f"/answers/{answer.pk}/record/").content.decode() for browser in (rita, bob))
    for told in ("<dt>Documents</dt><dd>3</dd>", "of 3 documents", answer.made_with["scope"]["digest"]):
        assert told in own
        assert told not in page
    grant.delete()
    theirs, hers = replay(answer, people.bob), replay(answer, people.rita)
    assert "1 of the documents found then is no longer open" in said(theirs)
    assert "3 documents then, 2 now" in said(theirs)
    assert "no longer open" not in said(hers)
    assert "documents then" not in said(hers)


def test_documents_of_others_come_and_go_unseen(
    given: Answer, people: SimpleNamespace, shelf: SimpleNamespace, make_document: MakeDocument, client_for: ClientFor
) -> None:
    make_document(shelf.board, "another-memo.md", "# Memo\n\nThe board meets on Friday.\n", people.alice)
    assert replay(given, people.bob).changes == ()
    for person in (people.bob, people.rita):
        assert "Index position" not in client_for(person).get(f"/answers/{given.pk}/record/").content.decode()


def test_a_question_that_nothing_answered_is_not_a_reviewers_by_default(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    silent = asked(people.alice, "When is the takeover of Larkwright Sensors celebrated with cake?")
    hidden = client_for(people.rita).get(f"/answers/{silent.pk}/record/")
    assert hidden.status_code == 404

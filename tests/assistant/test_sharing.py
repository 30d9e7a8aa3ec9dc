"""Bob and Alice share conversations; each sees of the other's answers only what rests on documents of their own."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest

from accounts.models import AuditEvent, Notice, NoticeChoice, NoticeKind
from accounts.notices.naming import worded
from assistant.models import Answer, Share
from assistant.reviewing import judging
from assistant.showing.sharing import PARTLY_WITHHELD
from assistant.verified import keeping
from knowledge.models import Grant
from tests.assistant.conftest import Asked
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"
BOTH = "What is the hotel limit per night, and when is the takeover of Larkwright Sensors planned?"
CANARIES = ("Larkwright", "14 March 2027", "€11 million", "board-memo", "Board memo", "Takeover")


def opened(owner: object, reader: object, answer: Answer) -> Share:
    return Share.objects.create(conversation=answer.turn.conversation, user=reader)


def test_a_colleague_reads_what_was_shared_until_it_is_taken_back(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, HOTEL)
    alice, bob = client_for(people.alice), client_for(people.bob)
    address = f"/c/{answer.turn.conversation_id}/share/"
    assert alice.post(address, {"name": "Bob"}).status_code == 302
    share = Share.objects.get()
    assert HOTEL in bob.get("/shared/").content.decode()
    page = bob.get(f"/shared/{share.pk}/").content.decode()
    assert "€145" in page
    assert "data-retry" not in page
    assert bob.get(f"/citations/{answer.citations.get(number=1).pk}/").status_code == 200
    assert alice.post(f"/shared/{share.pk}/end/").status_code == 302
    assert bob.get(f"/shared/{share.pk}/").status_code == 404
    assert bob.get(f"/citations/{answer.citations.get(number=1).pk}/").status_code == 404
    assert HOTEL not in bob.get("/shared/").content.decode()
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"conversation.shared", "conversation.unshared"}


def test_sentences_of_documents_the_colleague_may_not_read_are_withheld(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, BOTH)
    assert {row.document for row in answer.citations.all()} == {shelf.travel, shelf.memo}
    # Alice's question names what only she knows of; a title of hers is her own word to share, so it is given another.
    answer.turn.question = answer.turn.conversation.title = "Two things"
    answer.turn.save()
    answer.turn.conversation.save()
    share = opened(people.alice, people.bob, answer)
    bob = client_for(people.bob)
    page = bob.get(f"/shared/{share.pk}/").content.decode()
    assert "€145" in page
    assert PARTLY_WITHHELD in page
    for canary in CANARIES:
        assert canary not in page
    secret = answer.citations.get(document=shelf.memo)
    theirs, none = bob.get(f"/citations/{secret.pk}/"), bob.get("/citations/987654/")
    assert theirs.status_code == none.status_code == 404
    Grant.objects.filter(user=people.bob).delete()
    page = bob.get(f"/shared/{share.pk}/").content.decode()
    assert "€145" not in page
    assert "not shown to you" in page


def test_prose_of_a_model_is_shown_only_with_all_it_was_given(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]."]
    answer = asked(people.alice, BOTH)
    given = {row["document_id"] for row in answer.retrieved if row["supplied"]}
    assert str(shelf.memo.pk) in given
    share = opened(people.alice, people.bob, answer)
    page = client_for(people.bob).get(f"/shared/{share.pk}/").content.decode()
    assert "€145" not in page


def test_a_verified_answer_in_a_models_words_is_shown_only_with_all_it_was_given(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, model_server: ModelServer
) -> None:
    """A reviewer who reads the board's memo, too, vouches for what the model wrote; the words are still the model's."""
    model_server.script.pieces = ["The hotel limit is €145 per night [1]."]
    first = asked(people.alice, BOTH)
    Grant.objects.create(collection=shelf.board, user=people.rita)
    for step in judging.steps(first):
        judging.judge_step(first, step, people.rita, "supported")
    row = keeping.confirm(first, people.rita)
    assert set(row.sources.all()) >= {shelf.travel, shelf.memo}
    answer = asked(people.alice, BOTH)
    assert answer.verified == row
    share = opened(people.alice, people.bob, answer)
    page = client_for(people.bob).get(f"/shared/{share.pk}/?branch={answer.turn_id}").content.decode()
    assert "€145" not in page


def test_shares_do_not_exist_for_anybody_else(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, HOTEL)
    share = opened(people.alice, people.bob, answer)
    for other in (people.charlie, people.rita, people.ada):
        browser = client_for(other)
        theirs, none = browser.get(f"/shared/{share.pk}/"), browser.get(f"/shared/{uuid.uuid4()}/")
        assert theirs.status_code == none.status_code == 404
        assert browser.post(f"/shared/{share.pk}/end/").status_code == 404
        assert browser.get(f"/c/{answer.turn.conversation_id}/share/").status_code == 404
    bob = client_for(people.bob)
    # Reading is all: the conversation itself stays Alice's.
    for address in (f"/c/{answer.turn.conversation_id}/", f"/answers/{answer.pk}/"):
        assert bob.get(address).status_code == 404
    assert bob.post(f"/answers/{answer.pk}/retry/").status_code == 404
    assert bob.post(f"/c/{answer.turn.conversation_id}/share/", {"name": "charlie"}).status_code == 404
    assert bob.post(f"/shared/{share.pk}/end/").status_code == 302
    assert not Share.objects.exists()


@pytest.mark.parametrize("name", ["", "nobody", "alice", "%", "b"])
def test_whom_nobody_knows_is_refused_in_words(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, name: str
) -> None:
    answer = asked(people.alice, HOTEL)
    page = client_for(people.alice).post(f"/c/{answer.turn.conversation_id}/share/", {"name": name})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert not Share.objects.exists()


def test_a_colleague_is_told_and_the_count_goes_when_they_have_looked(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, HOTEL)
    alice, bob = client_for(people.alice), client_for(people.bob)
    page = alice.get(f"/c/{answer.turn.conversation_id}/").text
    assert f'data-share href="/c/{answer.turn.conversation_id}/share/"' in page
    for _ in range(2):
        alice.post(f"/c/{answer.turn.conversation_id}/share/", {"name": "bob"})
    share, notice = Share.objects.get(), Notice.objects.get()
    assert (notice.user, notice.kind, notice.link) == (people.bob, NoticeKind.SHARED, f"/shared/{share.pk}/")
    assert HOTEL not in notice.text, "what was asked is told by the page alone"
    assert worded(people.bob, [notice])[0][1] == f"{people.alice} shared a conversation with you."
    assert "1<span class=\"hush\"> not opened yet" in bob.get("/").text
    assert "not opened yet" in bob.get("/shared/").text
    bob.get(f"/shared/{share.pk}/")
    assert "not opened yet" not in bob.get("/").text + bob.get("/shared/").text
    alice.post(f"/shared/{share.pk}/end/")
    assert not Notice.objects.exists(), "it would lead nowhere"


def test_who_wants_no_notices_of_shares_gets_none(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    NoticeChoice.objects.create(user=people.bob, kind=NoticeKind.SHARED, in_app=False, mail="no")
    answer = asked(people.alice, HOTEL)
    client_for(people.alice).post(f"/c/{answer.turn.conversation_id}/share/", {"name": "bob"})
    assert Share.objects.filter(user=people.bob).exists()
    assert not Notice.objects.exists()

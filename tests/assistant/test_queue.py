"""The next question while one is being answered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.conversing import conversations, queueing
from assistant.models import Answer, Turn
from tests.assistant.conftest import Asked
from tests.assistant.model_server import ModelServer
from tests.assistant.test_chat import finished
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = "What is the hotel limit per night?", "And in capital cities?"
SCRIPT = {"X-Requested-With": "fetch"}


def test_a_question_asked_meanwhile_is_answered_when_its_turn_comes(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]."]
    model_server.script.between = 0.4
    bob = client_for(people.bob)
    bob.post("/ask/", {"question": FIRST}, headers=SCRIPT)
    first = Answer.objects.get()
    page = bob.post(
        "/ask/",
        {"question": SECOND, "conversation": first.turn.conversation_id, "parent": first.turn_id},
        headers=SCRIPT,
    )
    assert 'data-state="queued"' in page.content.decode()
    second = Answer.objects.exclude(pk=first.pk).get()
    assert second.turn.parent == first.turn
    assert finished(first.pk).finished is not None
    ended = finished(second.pk)
    assert ended.state == Answer.State.COMPLETE
    assert ended.beat is not None


def test_one_waits_only_for_the_answer_it_follows(people: SimpleNamespace) -> None:
    first = conversations.ask(people.bob, FIRST)
    talk = first.turn.conversation
    second = conversations.ask(people.bob, SECOND, talk, first.turn)
    third = conversations.ask(people.bob, "And on Sundays?", talk, second.turn)
    assert [first.state, second.state, third.state] == ["pending", "queued", "queued"]
    assert queueing.claim_due(talk.pk) == []
    Answer.objects.filter(pk=first.pk).update(state=Answer.State.STOPPED)
    assert queueing.claim_due(talk.pk) == [second.pk]
    assert queueing.claim_due(talk.pk) == []  # given out once
    Answer.objects.filter(pk=second.pk).update(state=Answer.State.FAILED)
    assert queueing.claim_due(talk.pk) == [third.pk]


def test_a_waiting_question_is_taken_back_and_leaves_no_gap(people: SimpleNamespace, client_for: ClientFor) -> None:
    first = conversations.ask(people.bob, FIRST)
    talk = first.turn.conversation
    second = conversations.ask(people.bob, SECOND, talk, first.turn)
    third = conversations.ask(people.bob, "And on Sundays?", talk, second.turn)
    assert client_for(people.alice).post(f"/answers/{second.pk}/stop/", headers=SCRIPT).status_code == 404
    assert client_for(people.bob).post(f"/answers/{second.pk}/stop/", headers=SCRIPT).status_code == 204
    assert not Turn.objects.filter(pk=second.turn_id).exists()
    third.turn.refresh_from_db()
    assert third.turn.parent == first.turn
    third.refresh_from_db()
    assert third.state == Answer.State.QUEUED


def test_only_so_many_wait(people: SimpleNamespace, client_for: ClientFor) -> None:
    first = conversations.ask(people.bob, FIRST)
    talk = first.turn.conversation
    for _ in range(queueing.MOST_WAITING):
        conversations.ask(people.bob, SECOND, talk)
    response = client_for(people.bob).post("/ask/", {"question": "x?", "conversation": talk.pk}, headers=SCRIPT)
    assert response.status_code == 429
    assert "wait already" in response.content.decode()


def test_a_missed_start_is_made_up_for_when_somebody_looks(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, asked: Asked
) -> None:
    first = asked(people.bob, FIRST)
    turn = Turn.objects.create(conversation=first.turn.conversation, parent=first.turn, question=SECOND)
    left = Answer.objects.create(turn=turn, state=Answer.State.QUEUED)
    assert client_for(people.bob).get(f"/c/{turn.conversation_id}/").status_code == 200
    assert finished(left.pk).state == Answer.State.COMPLETE

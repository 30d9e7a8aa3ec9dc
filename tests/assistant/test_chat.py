"""The chat pages: only one's own conversations, and old answers asked again what may be seen."""

from __future__ import annotations

import html
import re
import threading
import time
import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from assistant.answering.answer import answer as answering
from assistant.conversing import conversations, listing
from assistant.conversing.finding import find
from assistant.conversing.recovery import recover_abandoned
from assistant.conversing.suggestions import suggestions
from assistant.models import Answer, AnswerEvent, Conversation, Turn
from assistant.showing.presenting import WITHHELD, present, present_turn
from assistant.streaming import beats, running
from knowledge.models import Grant
from tests.assistant.conftest import Asked
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"


def finished(answer_id: object) -> Answer:
    for _ in range(400):
        answer = Answer.objects.get(pk=answer_id)
        if answer.finished_state and AnswerEvent.objects.filter(answer=answer, kind="done").exists():
            return answer
        time.sleep(0.05)
    raise AssertionError("the answer never ended")


def test_asking_in_the_browser(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    bob = client_for(people.bob)
    response = bob.post("/ask/", {"question": QUESTION}, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 200
    conversation = Conversation.objects.get(user=people.bob)
    assert response["X-Conversation-Url"] == f"/c/{conversation.pk}/"
    answer = finished(Answer.objects.get().pk)
    assert answer.state == Answer.State.COMPLETE
    page = bob.get(f"/answers/{answer.pk}/")
    assert "€145" in page.content.decode()
    assert "€145" in bob.get(f"/c/{conversation.pk}/").content.decode()


def test_asking_without_scripts(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    response = client_for(people.bob).post("/ask/", {"question": QUESTION})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/c/")
    finished(Answer.objects.get().pk)


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001])
def test_a_question_that_cannot_be_taken_is_refused_in_words(
    people: SimpleNamespace, client_for: ClientFor, question: str
) -> None:
    headers = {"X-Requested-With": "fetch"}
    response = client_for(people.bob).post("/ask/", {"question": question}, headers=headers)
    assert response.status_code == 422
    assert response.content.decode().endswith((".", "first."))
    assert not Turn.objects.exists()


def test_a_third_question_at_once_is_put_off(people: SimpleNamespace, client_for: ClientFor) -> None:
    for _ in range(2):
        conversations.ask(people.bob, QUESTION)
    response = client_for(people.bob).post("/ask/", {"question": QUESTION}, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "still being answered" in response.content.decode()


def test_other_peoples_conversations_and_answers_do_not_exist(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, QUESTION)
    turn, nobody = answer.turn, uuid.uuid4()
    footnote = answer.citations.get(number=1)
    reads = [("/c/{}/", turn.conversation_id), ("/answers/{}/", answer.pk), ("/answers/{}/events/", answer.pk)]
    writes = [
        ("/answers/{}/stop/", answer.pk),
        ("/answers/{}/retry/", answer.pk),
        ("/answers/{}/feedback/", answer.pk),
        ("/turns/{}/edit/", turn.pk),
        ("/c/{}/rename/", turn.conversation_id),
        ("/c/{}/delete/", turn.conversation_id),
    ]
    for other in (people.alice, people.charlie, people.ada):
        client = client_for(other)
        for address, key in reads:
            theirs, none = client.get(address.format(key)), client.get(address.format(nobody))
            assert theirs.status_code == none.status_code == 404
        for address, key in writes:
            data = {"question": "mine now", "title": "mine now", "helpful": "1"}
            assert client.post(address.format(key), data).status_code == 404
        assert client.post("/ask/", {"question": "x?", "conversation": turn.conversation_id}).status_code == 404
        assert client.get(f"/citations/{footnote.pk}/").status_code == 404
    assert Conversation.objects.count() == 1
    assert Answer.objects.count() == 1


def test_a_conversation_follows_one_thread_and_keeps_its_branches(people: SimpleNamespace) -> None:
    first = conversations.ask(people.bob, "First?").turn
    conversation = first.conversation
    Answer.objects.update(state=Answer.State.COMPLETE)
    second = conversations.ask(people.bob, "Second?", conversation).turn
    assert second.parent == first
    Answer.objects.update(state=Answer.State.COMPLETE)
    edited = conversations.edit(first, "First, in other words?").turn
    assert [place.turn for place in conversations.shown_path(conversation)] == [edited]
    assert [place.turn for place in conversations.shown_path(conversation, second.pk)] == [first, second]
    view = present_turn(conversations.shown_path(conversation)[0], people.bob)
    assert (view.position, view.siblings) == (2, 2)
    assert view.previous_url == f"/c/{conversation.pk}/?branch={first.pk}"
    assert view.next_url is None
    assert [said.question for said in conversations.earlier_exchanges(second)] == ["First?"]


def test_conversations_are_grouped_by_day_and_found(people: SimpleNamespace) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=timezone.get_current_timezone())
    for days, title in ((0, "a"), (1, "b"), (5, "c"), (40, "d")):
        conversation = Conversation.objects.create(user=people.bob, title=title)
        Conversation.objects.filter(pk=conversation.pk).update(updated=now - timedelta(days=days))
    groups = listing.by_day(listing.listed(people.bob).conversations, now)
    assert [label for label, _ in groups] == ["Today", "Yesterday", "Previous 7 days", "October 2026"]
    assert [place.conversation.title for place in find(people.bob, "C")] == ["c"]
    assert listing.listed(people.alice).conversations == ()


def test_many_conversations_come_a_page_at_a_time(people: SimpleNamespace, client_for: ClientFor) -> None:
    for number in range(70):
        Conversation.objects.create(user=people.bob, title=f"Bob {number:02}")
    Conversation.objects.filter(user=people.bob).update(updated=timezone.now())  # one moment: the id decides
    Conversation.objects.create(user=people.alice, title="Alice")
    bob = client_for(people.bob)
    address, seen = "/", []
    for shown in (30, 30, 10):
        page = bob.get(address, headers={"HX-Request": "true"} if seen else {}).content.decode()
        titles = re.findall(r'class="talk__link"[^>]* title="([^"]+)"', page)
        assert len(titles) == shown
        seen += titles
        assert page.count(">Today<") == (0 if len(seen) > 30 else 1), "the day is named once"
        older = re.search(r'href="(/conversations/\?after=[^"]+)"', page)
        address = html.unescape(older[1]) if older else ""
    assert address == ""
    assert sorted(seen) == [f"Bob {number:02}" for number in range(70)]
    assert "<h1>Your conversations</h1>" in bob.get("/conversations/").content.decode(), "without scripts a whole page"
    second = bob.get(f"/conversations/?after={timezone.now().isoformat().replace('+', '%2B')}_{uuid.uuid4()}")
    assert ">Today<" in second.content.decode(), "and a page of its own names the day"
    for made_up in ("nonsense", "0001-01-01T00:00:00%2B05:00", "9999-12-31T23:00:00-05:00"):
        assert bob.get(f"/conversations/?after={made_up}_{uuid.uuid4()}").status_code == 200


def test_history_is_withheld_when_a_source_is_no_longer_visible(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, QUESTION)
    footnote = answer.citations.get(number=1)
    bob = client_for(people.bob)
    assert bob.get(f"/citations/{footnote.pk}/").status_code == 200
    Grant.objects.filter(user=people.bob).delete()
    view = present(answer, people.bob)
    assert view.withheld
    assert view.notice == WITHHELD
    assert (view.sentences, view.cited, view.unused, view.nearest) == ((), (), (), ())
    assert "€145" not in bob.get(f"/c/{answer.turn.conversation_id}/").content.decode()
    assert "€145" not in bob.get(f"/answers/{answer.pk}/").content.decode()
    assert bob.get(f"/citations/{footnote.pk}/").status_code == 404


def test_an_answer_left_behind_is_closed_and_can_be_asked_again(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    answer = conversations.ask(people.bob, QUESTION)
    Answer.objects.filter(pk=answer.pk).update(
        state=Answer.State.RUNNING, beat=timezone.now() - timedelta(minutes=2)
    )
    assert recover_abandoned() == 1
    answer.refresh_from_db()
    assert answer.state == Answer.State.FAILED
    assert "ask again" in answer.notice
    client_for(people.bob).post(f"/answers/{answer.pk}/retry/")
    again = answer.turn.answers.order_by("-created").first()
    assert again is not None
    assert finished(again.pk).state == Answer.State.COMPLETE


def test_an_answer_that_waits_for_a_thread_is_not_left_behind(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats, "BEAT_SECONDS", 0.05)
    signs = beats.Signs()
    here, elsewhere = (conversations.ask(person, QUESTION) for person in (people.bob, people.alice))
    Answer.objects.update(created=timezone.now() - timedelta(minutes=2))
    signs.begin(here.pk)
    deadline = time.monotonic() + 30
    while Answer.objects.filter(pk=here.pk, beat__isnull=True).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert recover_abandoned() == 1
    elsewhere.refresh_from_db()
    assert elsewhere.state == Answer.State.FAILED
    signs.end(here.pk)
    while signs._thread is not None:
        assert time.monotonic() < deadline, "with nothing to give a sign of its thread ends"
        time.sleep(0.05)
    running.start(here)
    assert finished(here.pk).state == Answer.State.COMPLETE


def test_signs_of_life_go_on_after_the_database_refused_one(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob's answer is made and followed here, Alice's is made in another process and followed from here."""
    monkeypatch.setattr(beats, "BEAT_SECONDS", 0.05)
    signs, refused, give = beats.Signs(), threading.Event(), beats.Signs._give

    def refuse_once(self: beats.Signs) -> None:
        if not refused.is_set():
            refused.set()
            raise OperationalError("database is locked")
        give(self)

    monkeypatch.setattr(beats.Signs, "_give", refuse_once)
    here, elsewhere = (conversations.ask(person, QUESTION) for person in (people.bob, people.alice))
    deadline = time.monotonic() + 30
    with signs.making(here.pk), signs.following(here.pk), signs.following(here.pk), signs.following(elsewhere.pk):
        first = Answer.objects.get(pk=here.pk).beat
        while Answer.objects.filter(Q(pk=here.pk, beat=first) | Q(followed__isnull=True)).exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert refused.is_set()
    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert here.beat is not None
    assert abs(timezone.now() - here.beat) < timedelta(minutes=1), "the database's clock tells the same time"
    assert elsewhere.beat is None, "whether it is still being made is for the other process to say"
    assert not signs.made_here(here.pk)


def test_one_that_was_taken_for_left_behind_and_is_begun_after_all_can_be_left_behind_again(
    shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    answer = conversations.ask(people.bob, QUESTION)
    Answer.objects.filter(pk=answer.pk).update(created=timezone.now() - timedelta(minutes=2))
    assert recover_abandoned() == 1
    events = answering(answer.pk)
    next(events)
    answer.refresh_from_db()
    assert (answer.state, answer.finished) == (Answer.State.RUNNING, None)
    assert recover_abandoned() == 1, "its process died once more"
    assert list(events)
    answer.refresh_from_db()
    assert answer.finished is not None


def test_events_go_when_nobody_can_be_reading_along(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    old, young = asked(people.bob, QUESTION), asked(people.alice, QUESTION)
    for answer in (old, young):
        AnswerEvent.objects.get_or_create(answer=answer, seq=9999, defaults={"kind": "end"})
    Answer.objects.filter(pk=old.pk).update(finished=timezone.now() - timedelta(minutes=11))
    assert recover_abandoned() == 0
    assert not old.events.exists()
    assert young.events.filter(seq=9999).exists()


def test_feedback_with_a_reason(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, QUESTION)
    bob = client_for(people.bob)
    url = f"/answers/{answer.pk}/feedback/"
    assert bob.post(url, {"helpful": "0", "reason": "outdated", "comment": "2024!"}).status_code == 302
    assert bob.post(url, {"helpful": "0", "reason": "nonsense"}).status_code == 422
    endless = bob.post(url, {"helpful": "0", "reason": "outdated", "comment": 2001 * "x"})
    assert (endless.status_code, "at most 2000 characters" in endless.content.decode()) == (422, True)
    rating = answer.feedback.get()
    assert (rating.helpful, rating.reason, rating.comment) == (False, "outdated", "2024!")


def test_suggestions_come_from_what_one_may_see(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    assert any("Takeover" in text or "takeover" in text for text in suggestions(people.alice))
    bobs = suggestions(people.bob)
    assert bobs
    assert not any("takeover" in text.lower() for text in bobs)
    assert suggestions(people.charlie) == []

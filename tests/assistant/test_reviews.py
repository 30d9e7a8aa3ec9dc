"""Reviewers judge only what they may read, and what they decide makes the next answer better."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant import reviews
from assistant.models import Answer, Feedback, Review
from assistant.presenting import present
from knowledge.models import Grant
from tests.assistant.conftest import Asked, quotes
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"
LEAVE = "How many days of paid annual leave do employees receive?"
TAKEOVER = "What is the price of the takeover of Larkwright Sensors?"


def queued(people: SimpleNamespace) -> list[Answer]:
    return list(reviews.queue(people.rita))


def test_the_queue_holds_what_the_reviewer_may_read_disliked_first(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    hotel, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    asked(people.alice, TAKEOVER)
    asked(people.bob, "How tall is the Eiffel tower?")
    assert queued(people) == [hotel, leave]
    Feedback.objects.create(answer=leave, user=people.bob, helpful=False, reason="wrong_fact")
    assert queued(people) == [leave, hotel]
    assert reviews.next_answer(people.rita) == leave
    assert reviews.next_answer(people.rita, leave.pk) == hotel
    Grant.objects.filter(user=people.rita).delete()
    assert queued(people) == []


def test_an_answer_on_hidden_sources_does_not_exist_for_a_reviewer(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, TAKEOVER)
    rita = client_for(people.rita)
    footnote = answer.citations.get(number=1)
    assert rita.get(f"/review/{answer.pk}/").status_code == 404
    assert rita.post(f"/review/{answer.pk}/0/", {"verdict": "supported"}).status_code == 404
    assert rita.get(f"/citations/{footnote.pk}/").status_code == 404
    assert not Review.objects.exists()


def test_a_verdict_is_recorded_and_the_next_item_comes(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    rita = client_for(people.rita)
    page = rita.get("/review/").content.decode()
    assert HOTEL in page
    for index in range(answer.sentence_count):
        response = rita.post(f"/review/{answer.pk}/{index}/", {"verdict": "supported"}, headers={"HX-Request": "true"})
    assert LEAVE in response.content.decode()
    review = Review.objects.filter(answer=answer).first()
    assert review is not None
    assert (review.reviewer, review.verdict) == (people.rita, "supported")
    assert rita.post(f"/review/{leave.pk}/0/", {"verdict": "maybe"}).status_code == 422
    assert rita.post(f"/review/{leave.pk}/99/", {"verdict": "partly"}).status_code == 404
    progress = reviews.progress(people.rita)
    assert (progress.done, progress.left, progress.disagreements) == (1, 1, 0)


def test_two_reviewers_who_disagree_are_seen(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> None:
    answer = asked(people.bob, HOTEL)
    Grant.objects.create(collection=shelf.travel.collection, user=people.ada)
    reviews.judge(answer, 0, people.rita, "supported", "")
    reviews.judge(answer, 0, people.ada, "unsupported", "")
    assert reviews.progress(people.rita).disagreements == 1


def test_readers_are_not_reviewers(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(people.bob).get("/review/").status_code == 404


def test_a_quote_that_does_not_support_is_not_used_again_for_the_same_question(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    refused = quotes(answer)[0]
    reviews.judge(answer, 0, people.rita, "unsupported", "")
    assert refused not in quotes(asked(people.bob, HOTEL))
    assert refused not in quotes(asked(people.alice, "what is the hotel limit  per night"))
    assert quotes(asked(people.bob, LEAVE)) == ["Employees receive 27 days of paid annual leave per calendar year."]


def test_a_correction_is_shown_with_the_next_answer_to_those_who_may_see_its_sources(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    reviews.judge(answer, 0, people.rita, "partly", "From July 2027 the limit will be €150.")
    again = asked(people.alice, HOTEL)
    assert "€150" in present(again, people.alice).notice
    assert "€150" not in present(asked(people.charlie, HOTEL), people.charlie).notice
    Grant.objects.filter(user=people.alice, collection=shelf.travel.collection).delete()
    again.refresh_from_db()
    assert "€150" not in present(again, people.alice).notice

"""What a reviewer is shown of an item beside its sentences, and the address it stands under."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.conversing import conversations
from assistant.models import Answer, Review, ReviewPolicy
from assistant.showing.reviews import abouts
from knowledge.models import Grant
from tests.assistant.conftest import Asked, run
from tests.assistant.reviewing import HOTEL, HTMX, LEAVE, disliked, policy
from tests.assistant.test_modes import made
from tests.conftest import ClientFor

__all__ = ["policy"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_follow_up_shows_what_it_follows(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    first = asked(people.bob, HOTEL)
    second = conversations.ask(people.bob, "And in capital cities?", first.turn.conversation, first.turn)
    run(second)
    second.refresh_from_db()
    disliked(second, people.bob)
    rita = client_for(people.rita)
    for page in (rita.get(f"/review/{second.pk}/"), rita.get("/review/list/")):
        assert f"Asked after: “{HOTEL}”" in page.text
    third = conversations.ask(people.bob, "Who says so?", first.turn.conversation, second.turn)
    about = abouts([third.turn, first.turn], people.rita)
    assert about[third.turn_id].before == ("And in capital cities?", HOTEL)
    assert about[first.turn_id].before == ()


def test_an_item_of_a_mode_names_its_documents_to_who_may_read_them(
    shelf: SimpleNamespace, people: SimpleNamespace, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    answer: Answer = made(client_for(people.bob), "summary", document=[shelf.leave.pk])
    disliked(answer, people.bob)
    rita = client_for(people.rita)
    for page in (rita.get(f"/review/{answer.pk}/"), rita.get("/review/list/")):
        assert f"About: {shelf.leave.title}" in page.text
    Grant.objects.filter(user=people.rita).delete()
    assert abouts([answer.turn], people.rita)[answer.turn_id].documents == ()


def test_the_address_follows_what_is_shown(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    hotel, leave = asked(people.bob, HOTEL), asked(people.bob, LEAVE)
    for answer in (hotel, leave):
        disliked(answer, people.bob)
    rita = client_for(people.rita)
    skipped = rita.get("/review/", {"after": hotel.pk}, headers=HTMX)
    assert skipped["HX-Push-Url"] == f"/review/{leave.pk}/"
    judged = rita.post(f"/review/{leave.pk}/0/", {"standing": "supported", "citation": "1"}, headers=HTMX)
    assert Review.objects.exists()
    assert judged["HX-Replace-Url"] == f"/review/{leave.pk}/"


def test_passages_to_cite_are_shown_as_they_are_read(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    answer = asked(people.bob, LEAVE)
    disliked(answer, people.bob)
    page = client_for(people.rita).get(f"/review/{answer.pk}/correct/").text
    assert "27 days" in page
    assert "#" not in page[page.index("Passages to cite") : page.index("</form>", page.index("Passages to cite"))]

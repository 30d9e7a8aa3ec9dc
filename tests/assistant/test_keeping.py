"""Finding old conversations, taking answers away as text, and asking another answerer."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from assistant.conversing.finding import excerpt, find
from assistant.generators.choices import choices, generator_for
from assistant.models import Answer, Share
from assistant.showing.exporting import escaped
from knowledge.models import Grant
from tests.assistant.conftest import Asked
from tests.assistant.model_server import ModelServer
from tests.assistant.test_chat import finished
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
HOTEL = "What is the hotel limit per night?"
BOTH = "What is the hotel limit per night, and when is the takeover of Larkwright Sensors planned?"


def test_conversations_are_found_by_what_was_answered_while_it_may_be_seen(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    assert "€145" not in answer.turn.question
    found = find(people.bob, "145 breakfast")
    assert [place.conversation for place in found] == [answer.turn.conversation]
    assert "€145" in found[0].words
    assert find(people.alice, "145") == []
    assert "145" in client_for(people.bob).get("/conversations/?q=breakfast").content.decode()
    Grant.objects.filter(user=people.bob).delete()
    assert find(people.bob, "145 breakfast") == []
    assert len(find(people.bob, "hotel night")) == 1  # Bob's own question stays his


def test_an_excerpt_shows_the_place() -> None:
    text = "word " * 40 + "needle " + "word " * 40
    assert re.fullmatch(r"… (word )+needle( word)+ …", excerpt(text, "Needle"))
    assert excerpt("needle", "needle") == "needle"


def test_a_conversation_as_markdown_has_its_sources_as_footnotes(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    first = asked(people.bob, HOTEL)
    asked(people.bob, "How many days of paid annual leave do interns receive?", first.turn.conversation)
    bob = client_for(people.bob)
    response = bob.get(f"/c/{first.turn.conversation_id}/export/")
    assert response["Content-Type"].startswith("text/markdown")
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode()
    used = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    explained = re.findall(r"^\[\^(\d+)\]: “", text, re.MULTILINE)
    assert len(explained) == len(set(explained)) >= 2
    assert used == set(explained)
    assert "€145" in text
    assert "12 days" in text
    alone = bob.get(f"/answers/{first.pk}/export/").content.decode()
    assert "€145" in alone
    assert "12 days" not in alone
    Grant.objects.filter(user=people.bob).delete()
    for address in (f"/c/{first.turn.conversation_id}/export/", f"/answers/{first.pk}/export/"):
        assert "€145" not in bob.get(address).content.decode()
        assert client_for(people.alice).get(address).status_code == 404


def test_a_shared_conversation_is_taken_away_as_it_is_seen(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.alice, BOTH)
    share = Share.objects.create(conversation=answer.turn.conversation, user=people.bob)
    text = client_for(people.bob).get(f"/shared/{share.pk}/export/").content.decode()
    assert "€145" in text
    assert "14 March 2027" not in text


@pytest.mark.parametrize(
    "text",
    ["![x](http://evil)", "<img src=x>", "# heading", "- item", "1. item", "4.1 Hotels", "a | b", "[^1]: note"],
)
def test_what_documents_say_stays_words_in_markdown(text: str) -> None:
    said = escaped(text)
    assert not re.search(r"(?<!\\)[\[\]<>#|!]", said)
    assert not re.match(r"\s*(?:[-+]|\d+[.)])\s", said)
    assert not re.search(r"\\\w", said)


def test_one_may_ask_another_answerer(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]."]
    answer = asked(people.bob, HOTEL)
    assert answer.generator == "openai:scripted"
    bob = client_for(people.bob)
    assert 'value="quoting"' in bob.get(f"/answers/{answer.pk}/").content.decode()
    bob.post(f"/answers/{answer.pk}/retry/", {"wanted": "quoting"})
    again = answer.turn.answers.latest("created")
    assert finished(again.pk).generator == "quoting"
    bob.post(f"/answers/{answer.pk}/retry/", {"wanted": "somebody else's"})
    assert Answer.objects.latest("created").wanted == ""


def test_one_answerer_alone_is_no_choice(settings: Settings) -> None:
    assert [choice.key for choice in choices()] == ["quoting"]
    assert generator_for("gone").name == "quoting"
    settings.GENERATOR_URL, settings.GENERATOR_MODEL = "http://127.0.0.1:9/v1", "m"
    assert [choice.key for choice in choices()] == ["quoting", "openai:m"]
    assert generator_for("openai:m").name == "openai:m"

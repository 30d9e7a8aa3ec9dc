"""A language model that is there and misbehaves: each state says what happened and gives the words of the documents."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pytest_django import Settings

from accounts.models import User
from assistant.models import Answer
from tests.assistant.conftest import Asked, quotes
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"
THE_QUOTE = "The hotel limit is €145 per night, breakfast included."


@pytest.fixture
def bob(shelf: SimpleNamespace, people: SimpleNamespace) -> User:
    person: User = people.bob
    return person


@pytest.mark.parametrize(
    ("pieces", "state", "told"),
    [
        (["I'm", " sorry, but ", "I can't help with that request."], "generator_declined", "declined to answer"),
        (["I cannot help"], "generator_declined", "declined to answer"),
        (["As an AI language model, I do not have access to this."], "generator_declined", "declined to answer"),
        (["Es tut mir leid, das kann ich nicht beantworten."], "generator_declined", "declined to answer"),
        (["酒店", "每晚的", "限额是一百四十五欧元 [1]。"], "wrong_language", "in another language"),
        (["Лимит на гостиницу составляет €145 за ночь [1]."], "wrong_language", "in another language"),
        (["", " \n", ""], "generator_unavailable", "said nothing"),
    ],
)
def test_an_answer_that_is_none_is_replaced_by_quotes(
    pieces: list[str], state: str, told: str, bob: User, model_server: ModelServer, asked: Asked
) -> None:
    model_server.script.pieces = pieces
    answer = asked(bob, QUESTION)
    assert (answer.state, answer.degraded, answer.generator) == (Answer.State.COMPLETE, state, "quoting")
    assert told in answer.notice
    assert "passages found, quoted word for word" in answer.notice
    assert quotes(answer) == [THE_QUOTE]
    assert "sorry" not in answer.text
    shown = [event.data["text"] for event in answer.events.filter(kind="delta")]
    assert shown == [], "not a word of it was shown"


def test_words_in_the_first_person_of_a_document_are_no_refusal(
    bob: User, model_server: ModelServer, asked: Asked
) -> None:
    model_server.script.pieces = ["I cannot exceed €145 per night for a hotel [1][2]."]
    assert asked(bob, QUESTION).degraded == ""


@pytest.mark.parametrize(
    "pieces",
    [
        ["Rail travel is in second class [1][2][3]. "],
        ["Rail travel is in second class [1][2][3]. The ", *["and the "] * 200],
        ["Rail travel is in second class [1][2][3]. Ha", *["ha"] * 300],
    ],
)
def test_a_model_that_repeats_itself_is_cut_off(
    pieces: list[str], bob: User, model_server: ModelServer, asked: Asked
) -> None:
    model_server.script.pieces, model_server.script.endless = pieces, True
    answer = asked(bob, QUESTION)
    assert answer.degraded == "half_answer"
    assert "began to repeat itself and was cut off" in answer.notice
    texts = [sentence["text"] for sentence in answer.sentences]
    assert texts == ["Rail travel is in second class.", THE_QUOTE]


def test_a_model_that_never_ends_without_repeating_is_cut_off(
    bob: User, model_server: ModelServer, asked: Asked, settings: Settings
) -> None:
    settings.GENERATOR_MAX_TOKENS = 40
    words = " ".join(f"Item {n} costs €{n * 7}." for n in range(60))
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. ", words]
    answer = asked(bob, QUESTION)
    assert answer.degraded == "half_answer"
    assert "did not come to an end" in answer.notice


def test_a_model_that_goes_on_in_another_language_is_stopped_and_completed(
    bob: User, model_server: ModelServer, asked: Asked
) -> None:
    model_server.script.pieces = [
        "Le plafond des frais d'hôtel est fixé par la politique de voyage de notre entreprise. ",
        "Les employés doivent présenter toutes leurs factures au service comptable avant la fin du mois. ",
        "Le petit déjeuner est compris dans ce montant et aucun supplément ne sera remboursé. ",
    ]
    answer = asked(bob, QUESTION)
    assert answer.degraded == "half_answer"
    assert "went on in another language" in answer.notice
    assert answer.sentences[-1]["text"] == THE_QUOTE


def test_the_page_shows_the_state_the_quotes_and_how_it_was_made(
    bob: User, model_server: ModelServer, asked: Asked, client_for: ClientFor
) -> None:
    model_server.script.pieces = ["I'm sorry, I can't help with that."]
    answer = asked(bob, QUESTION)
    page = client_for(bob).get(f"/answers/{answer.pk}/").content.decode()
    assert "Shown with less than usual" in page
    assert "declined to answer" in page
    assert THE_QUOTE.removesuffix(".") in page
    assert "How this was made" in page
    assert "openai:scripted declined to answer" in page
    assert model_server.url not in page

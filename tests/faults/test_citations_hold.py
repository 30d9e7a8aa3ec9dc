"""Acceptance 28 and 29: footnotes lead only into what was sent and may be seen now, word for word; without evidence
that may be seen nothing is sent to a model."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from django.test import Client

from assistant.models import Answer
from knowledge.models import Grant, Passage
from knowledge.rechecking import still_visible
from tests.assistant.conftest import Asked
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor
from tests.faults.company import QUESTIONS, Company, ask, words_in

pytestmark = pytest.mark.django_db
HOTEL = "What is the hotel limit per night?"
SAID = (
    "The hotel limit is €145 per night",
    "In capital cities the limit is €190 per night",
    "Rail travel is in second class",
    "The takeover of Larkwright Sensors is planned for 14 March 2027",
    "Employees receive 27 days of paid annual leave",
)
MARKS = (
    "[1]", "[2][1]", "[1, 2, 3]", "[99]", "[0]", "[1@0-9]", "[1@5-9000]", "[2@30-10]", "[-1]", "[1][99][2]", "[ 3 ]",
    "".join(f"[{number}]" for number in range(1, 60)), "[1e3]", "[٣]", "[[1]]", "[passage 1]", "",
)  # fmt: skip


def holds(answer: Answer) -> None:
    """Every footnote: sent, visible to the asker now, and verbatim."""
    user = answer.turn.conversation.user
    sent = {row["passage_id"] for row in answer.retrieved if row["supplied"]}
    cited = set(answer.citations.values_list("passage_id", flat=True))
    assert cited <= sent
    assert cited == still_visible(user, cited)
    numbers = set(answer.citations.values_list("number", flat=True))
    assert {number for sentence in answer.sentences for number in sentence["citations"]} <= numbers
    for citation in answer.citations.select_related("page", "passage"):
        assert citation.page.text[citation.start : citation.end] == citation.quote
        assert citation.passage is not None and citation.quote in citation.passage.page.text


def test_whatever_a_model_marks_footnotes_are_what_it_was_sent(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, model_server: ModelServer
) -> None:
    foreign = set(Passage.objects.filter(version__document=shelf.memo).values_list("pk", flat=True))
    cited = 0
    for marks, start in zip(MARKS, itertools.count()):
        said = SAID[start % len(SAID) :] + SAID[: start % len(SAID)]
        model_server.script.pieces = [f"{sentence} {marks}. " for sentence in said]
        answer = asked(people.bob, HOTEL)
        holds(answer)
        assert not foreign & set(answer.citations.values_list("passage_id", flat=True))
        assert "Larkwright" not in model_server.prompt()
        cited += answer.citations.count()
    assert cited > len(MARKS)


def test_ids_of_hidden_passages_are_no_markers(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, model_server: ModelServer
) -> None:
    """A model that was told the numbers of rows by a document gets nowhere with them."""
    ids = Passage.objects.filter(version__document=shelf.memo).values_list("pk", flat=True)
    model_server.script.pieces = [f"The takeover is planned for 14 March 2027 [{pk + 100}][{pk}@0-50]. " for pk in ids]
    answer = asked(people.bob, HOTEL)
    holds(answer)
    assert not answer.citations.filter(document=shelf.memo).exists()


def test_footnotes_are_checked_again_when_they_are_shown(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, model_server: ModelServer, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    assert answer.citations.exists()
    browser = client_for(people.bob)
    assert "€145" in browser.get(f"/answers/{answer.pk}/").content.decode()
    Grant.objects.filter(user=people.bob).delete()
    assert "€145" not in browser.get(f"/answers/{answer.pk}/").content.decode()
    assert browser.get(f"/citations/{answer.citations.all()[0].pk}/").status_code == 404


def test_without_visible_evidence_nothing_is_sent(model_server: ModelServer) -> None:
    """People without a grant ask what others' documents answer, in one conversation too, so that a model could be asked
    what a follow-up means."""
    house = Company(people=6, documents=14, seed=11)
    Grant.objects.filter(everyone=True).delete()
    strangers = house.people[:3]
    for person in strangers:
        person.groups.clear()
        Grant.objects.filter(user=person).delete()
        assert not house.theirs(person)
        for question in (*QUESTIONS, "And who changes it?"):
            answer = ask(person, question)
            assert answer.abstained
            assert answer.notice.startswith("No sentence was found, in what you may read")
            assert (answer.text, answer.sentences, answer.retrieved) == ("", [], [])
            assert not answer.citations.exists()
    assert model_server.requests == []
    reader = next(person for person in house.people[3:] if house.theirs(person))
    assert any(not ask(reader, question).abstained for question in QUESTIONS)
    assert model_server.requests
    assert set(words_in(str(model_server.requests))) <= house.theirs(reader)


def test_the_page_says_so_in_words(people: SimpleNamespace, shelf: SimpleNamespace, client_for: ClientFor) -> None:
    answer = ask(people.charlie, HOTEL)
    browser: Client = client_for(people.charlie)
    page = browser.get(f"/answers/{answer.pk}/").content.decode()
    assert "No sentence was found, in what you may read" in page
    assert "€145" not in page and "Travel policy" not in page

"""Questions that leave open what they are about: what is asked back, to whom which readings are offered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.answering.clarifying import pointer, says_nothing
from assistant.models import Answer
from assistant.showing.presenting import present
from knowledge.documents import delete_document, purge_deleted
from knowledge.followups import Exchange
from knowledge.models import Collection, Grant
from tests.assistant.conftest import Asked
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

ALLOWANCE = "What is the full day meal allowance?"


def test_a_question_about_nothing_is_asked_back_with_questions_to_begin_with(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    answer = asked(people.bob, "How long?")
    view = present(answer, people.bob)
    assert (view.asked_back, view.abstained, view.sentences) == ("empty", True, ())
    assert view.readings
    page = client_for(people.bob).get(f"/c/{answer.turn.conversation_id}/").content.decode()
    assert "What is it about?" in page
    assert view.readings[0].question.replace("“", "“") in page


def test_the_same_words_inside_a_conversation_are_a_follow_up(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    first = asked(people.bob, "How many days of paid annual leave do employees get?")
    second = asked(people.bob, "And interns?", first.turn.conversation)
    assert second.asked_back == ""
    assert second.sentences


def test_a_short_new_question_is_not_read_as_a_follow_up(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, team: Collection, make_document: MakeDocument
) -> None:
    make_document(team, "people.md", "# Who is who\n\nThe CFO is Tobias Achterberg.\n", people.alice)
    first = asked(people.bob, "How many days of paid annual leave do employees get?")
    second = asked(people.bob, "Who is the CFO?", first.turn.conversation)
    assert "Achterberg" in second.text and "27 days" not in second.text
    assert second.searched_as == "Who is the CFO?"


@pytest.mark.parametrize("said", ["Thanks!", "ok thank you very much", "Hello", "Vielen Dank", "спасибо"])
def test_a_courtesy_is_no_question_wherever_it_is_said(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, said: str
) -> None:
    first = asked(people.bob, "How many days of paid annual leave do employees get?")
    for answer in (asked(people.bob, said), asked(people.bob, said, first.turn.conversation)):
        assert (answer.asked_back, answer.sentences) == ("empty", [])


def test_rows_for_several_countries_are_offered_and_each_answers(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, ALLOWANCE)
    view = present(answer, people.bob)
    assert view.asked_back == "split"
    assert {reading.label for reading in view.readings} == {"Norway", "Portugal"}
    norway = next(reading for reading in view.readings if reading.label == "Norway")
    chosen = asked(people.bob, norway.question, answer.turn.conversation)
    assert chosen.asked_back == ""
    assert "€71" in chosen.sentences[0]["text"]


def test_a_country_that_is_named_is_answered_at_once(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    assert asked(people.bob, "What is the full day meal allowance in Portugal?").asked_back == ""


def test_something_pointed_at_without_being_named_is_asked_back_the_same_to_all(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    question = "What is the price of this takeover?"
    alice = present(asked(people.alice, question), people.alice)
    assert shelf.memo.title in {reading.label for reading in alice.readings}
    hidden = asked(people.bob, question)
    assert hidden.asked_back == "pointing"
    delete_document(shelf.memo, people.alice)
    purge_deleted()
    missing = asked(people.bob, question)
    same = ("asked_back", "readings", "notice", "steps", "retrieved", "confidence", "sentences")
    assert [getattr(hidden, name) for name in same] == [getattr(missing, name) for name in same]


def test_readings_go_with_the_right_to_read_them_and_with_the_document(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.alice, "What is the price of this takeover?")
    Grant.objects.filter(collection=shelf.board).delete()
    assert shelf.memo.title not in {reading.label for reading in present(answer, people.alice).readings}
    delete_document(shelf.memo, people.alice)
    purge_deleted()
    assert Answer.objects.get(pk=answer.pk).readings == []


def test_two_documents_of_one_kind_for_two_sites_are_offered(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument, asked: Asked
) -> None:
    for site, hour in (("Sandholm", "18:00"), ("Lakewick", "20:00")):
        text = f"# Office guide {site}\n\nThe reception in {site} closes at {hour}.\n"
        make_document(shelf.travel.collection, f"{site}.md", text, people.alice)
    answer = asked(people.bob, "When does the reception close?")
    assert {reading["label"] for reading in answer.readings} == {"Sandholm", "Lakewick"}
    assert "20:00" in asked(people.bob, "When does the reception in Lakewick close?").text


@pytest.mark.parametrize(
    ("question", "earlier", "nothing"),
    [
        ("what about it?", "", True),
        ("how long?", "", True),
        ("how long?", "What is the notice period?", False),
        ("how long is the notice period?", "", False),
    ],
)
def test_a_question_says_nothing_only_when_nothing_came_before(question: str, earlier: str, nothing: bool) -> None:
    assert says_nothing(question, [Exchange(earlier)] if earlier else []) is nothing


@pytest.mark.parametrize(
    ("question", "earlier", "thing"),
    [
        ("What is the fee of this contract?", "", "contract"),
        ("What is the fee of this contract?", "When does the HydroSense contract end?", ""),
        ("What is the bonus this year?", "", ""),
        ("I signed a contract last week. Can I end this contract?", "", ""),
        ("Can a manager who signed a contract end this contract?", "", ""),
        ("How much is the loan that one gets?", "", ""),
    ],
)
def test_what_is_pointed_at_must_have_been_spoken_of(question: str, earlier: str, thing: str) -> None:
    found = pointer(question, [Exchange(earlier)] if earlier else [])
    assert (found.thing if found else "") == thing

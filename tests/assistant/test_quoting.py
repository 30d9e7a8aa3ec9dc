"""The default answerer over real documents: it quotes what answers, and says so when nothing does."""

from __future__ import annotations

import json
import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils.html import escape

from assistant.abstention.policy import showing_everything
from assistant.answering.answer import answer as answering
from assistant.conversing import conversations
from assistant.models import Answer
from assistant.showing.presenting import present
from knowledge.models import Collection, Document, Grant, Page
from knowledge.typeset import plain
from tests.assistant.conftest import Asked, documents, quotes
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_plain_question_is_answered_with_the_exact_sentence(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, "What is the hotel limit per night?")
    assert answer.state == Answer.State.COMPLETE
    assert quotes(answer)[0] == "The hotel limit is €145 per night, breakfast included."
    assert answer.sentences[0]["text"] == "The hotel limit is €145 per night, breakfast included."
    assert answer.sentences[0]["standing"] == "supported"


def test_everything_needed_to_know_why_is_saved(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> None:
    answer = asked(people.bob, "What is the hotel limit per night?")
    assert answer.generator == "quoting"
    assert answer.searched_as == "What is the hotel limit per night?"
    assert answer.scope == [shelf.travel.collection_id]
    assert {row["document_id"] for row in answer.retrieved} == {str(shelf.travel.pk), str(shelf.leave.pk)}
    assert any(row["used"] for row in answer.retrieved)
    assert set(answer.timings_ms) == {"wait", "embed", "search", "generate", "ground", "total"}
    assert answer.steps[0] == "Searched 1 collection"


def test_a_year_that_nothing_quoted_names_is_told(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    with showing_everything():
        other = asked(people.bob, "What was the hotel limit per night in 1999?")
        none = asked(people.bob, "What is the hotel limit per night?")
    assert quotes(other)[0] == "The hotel limit is €145 per night, breakfast included."
    assert other.notice == "You asked about 1999; nothing quoted here names it."
    assert none.notice == ""


def test_a_table_row_is_read_with_its_header(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> None:
    answer = asked(people.bob, "What is the full day meal allowance in Portugal?")
    assert answer.sentences[0]["text"] == "Country: Portugal; Breakfast: €9; Full day: €44"
    assert quotes(answer)[0] == "| Portugal | €9 | €44 |"
    assert answer.sentences[0]["standing"] == "supported"


def test_a_list_is_quoted_whole(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> None:
    answer = asked(people.bob, "What may I bring when my children are sick?")
    assert answer.sentences[0]["text"] == (
        "What you may bring: a note of the doctor; the insurance card; the name of your deputy."
    )


def test_nothing_that_answers_is_said_and_the_nearest_documents_named(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, "How tall is the Eiffel tower?")
    assert answer.abstained
    assert not answer.citations.exists()
    view = present(answer, people.bob)
    assert view.notice == "No sentence was found, in what you may read, that answers this question."
    assert {near.title for near in view.nearest} <= {shelf.travel.title, shelf.leave.title}
    assert view.nearest


def test_without_an_answer_the_nearest_words_are_shown_and_open_where_they_stand(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, client_for: ClientFor
) -> None:
    """Bob can judge for himself what came nearest, as long as he may read it; none of it is kept with the answer."""
    answer = asked(people.bob, "Who waters the hotel's plants at night in Portugal?")
    assert answer.abstained
    near = present(answer, people.bob).nearest[0]
    text = Page.objects.get(version__document=shelf.travel).text
    start, end = (int(value) for value in re.findall(r"=(\d+)", near.url))
    assert near.words
    assert plain(text[start:end]) == near.words
    shown = client_for(people.bob).get(f"/answers/{answer.pk}/").content.decode()
    assert f'<blockquote class="nearest__words">{escape(near.words)}</blockquote>' in shown
    assert near.words not in json.dumps([answer.retrieved, answer.sentences, answer.notice], ensure_ascii=False)
    Grant.objects.filter(user=people.bob).delete()
    assert present(answer, people.bob).nearest == ()


def test_what_charlie_and_bob_may_not_see_is_as_if_it_were_not_there(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    question = "What is the price of the takeover of Larkwright Sensors?"
    assert "€11 million" in asked(people.alice, question).text
    hidden = asked(people.bob, question)
    Document.objects.filter(pk=shelf.memo.pk).delete()
    missing = asked(people.bob, question)
    for answer in (hidden, missing):
        assert answer.abstained
    same = ("text", "notice", "steps", "scope", "confidence", "retrieved", "sentences", "searched_as")
    assert [getattr(hidden, name) for name in same] == [getattr(missing, name) for name in same]
    nothing = asked(people.charlie, question)
    assert nothing.abstained
    assert nothing.retrieved == []


def test_a_follow_up_is_searched_with_what_it_leans_on(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    first = asked(people.bob, "How many days of paid annual leave do employees get?")
    assert quotes(first)[0].startswith("Employees receive 27 days")
    second = asked(people.bob, "And interns?", first.turn.conversation)
    assert quotes(second)[0].startswith("Interns receive 12 days")
    assert second.turn.parent == first.turn
    assert "annual leave" in second.searched_as


def test_a_replaced_document_is_not_quoted_beside_its_replacement(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    old = make_document(team, "old.md", "# Old travel rules\n\nThe hotel limit is €99 per night.\n", people.alice)
    Document.objects.filter(pk=old.pk).update(superseded_by=shelf.travel)
    answer = asked(people.bob, "What is the hotel limit per night?")
    assert documents(answer) == {shelf.travel}
    assert "€99" not in answer.text


def test_documents_that_disagree_are_both_quoted_newest_first(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    text = "# Sales handbook\n\nThe hotel limit for sales is €170 per night.\n"
    rival = make_document(team, "sales.md", text, people.alice)
    Document.objects.filter(pk=rival.pk).update(effective=date(2026, 5, 1))
    Document.objects.filter(pk=shelf.travel.pk).update(effective=date(2026, 1, 1))
    answer = asked(people.bob, "What is the hotel limit per night?")
    texts = [sentence["text"] for sentence in answer.sentences]
    assert texts[0].startswith(f"{rival.title} (1 May 2026): ")
    assert "€170" in texts[0]
    assert "€145" in texts[1]
    assert {sentence["standing"] for sentence in answer.sentences} == {"supported"}


def test_two_questions_in_one_are_both_answered(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> None:
    answer = asked(people.bob, "What is the hotel limit per night, and how far ahead is leave requested?")
    assert {"€145" in quote for quote in quotes(answer)} == {True, False}
    assert any("two weeks ahead" in quote for quote in quotes(answer))


def test_a_closed_answer_is_marked_stopped(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    answer = conversations.ask(people.bob, "What is the hotel limit per night?")
    events = answering(answer.pk)
    next(events)
    events.close()
    answer.refresh_from_db()
    assert answer.state == Answer.State.STOPPED

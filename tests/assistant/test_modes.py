"""Summaries, comparisons, tables and replies: the same grounded sentences, set otherwise."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import pytest
from django.test import Client

from assistant.models import Answer, Share
from assistant.modes.reading import read
from assistant.modes.reply import questions_of
from assistant.modes.setting import set_out
from assistant.showing.presenting import present
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Collection, Document, Grant
from tests.assistant.conftest import documents, quotes
from tests.assistant.model_server import ModelServer
from tests.assistant.test_chat import finished
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)
OLD_LEAVE = """# Leave rules 2019

## Annual leave

Employees receive 24 days of paid annual leave per calendar year. Interns receive 12 days of paid annual leave.

## Sabbatical

A sabbatical of up to 6 months may be taken after 8 years.
"""
MAIL = """Dear colleague,

What is the hotel limit per night? And which colour has the moon base on Europa?

> On Monday you wrote: how many days of leave do we get?

Kind regards, Dana
"""


@pytest.fixture
def old_leave(
    shelf: SimpleNamespace, team: Collection, people: SimpleNamespace, make_document: MakeDocument
) -> Document:
    return make_document(team, "leave-rules-2019.md", OLD_LEAVE, people.alice)


def made(browser: Client, mode: str, **given: object) -> Answer:
    """Fills in a mode's form and gives the finished answer."""
    response = browser.post(f"/modes/{mode}/", given)
    assert response.status_code == 302, response.content
    return finished(Answer.objects.latest("created").pk)


def labels(answer: Answer) -> dict[str, list[str]]:
    """Label of a group → its sentences."""
    found: dict[str, list[str]] = {}
    for group in answer.layout["groups"]:
        found.setdefault(group["label"], []).extend(answer.sentences[n]["text"] for n in group["sentences"])
    return found


def test_a_summary_quotes_every_section(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    bob = client_for(people.bob)
    answer = made(bob, "summary", document=[shelf.leave.pk])
    assert answer.state == Answer.State.COMPLETE
    assert {sentence["standing"] for sentence in answer.sentences} == {"supported"}
    assert documents(answer) == {shelf.leave}
    assert any("27 days" in quote for quote in quotes(answer))
    titles = [group["title"] for group in answer.layout["groups"]]
    assert {"Annual leave", "Asking for leave"} <= set(titles)
    page = bob.get(f"/c/{answer.turn.conversation_id}/").content.decode()
    assert "Asking for leave" in page
    assert shelf.leave.title in page
    assert f"Summary: {shelf.leave.title}" in bob.get("/conversations/").content.decode()
    assert shelf.leave.title not in answer.turn.question + answer.turn.conversation.title
    text = bob.get(f"/answers/{answer.pk}/export/").content.decode()
    assert "### Asking for leave" in text
    Grant.objects.filter(user=people.bob).delete()
    page = bob.get(f"/c/{answer.turn.conversation_id}/").content.decode()
    page += bob.get("/conversations/").content.decode()
    page += bob.get(f"/answers/{answer.pk}/export/").content.decode()
    for gone in ("27 days", "Asking for leave", shelf.leave.title):
        assert gone not in page


def test_a_comparison_tells_what_differs_and_what_only_one_says(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, old_leave: Document
) -> None:
    answer = made(client_for(people.bob), "compare", document=[shelf.leave.pk, old_leave.pk])
    found = labels(answer)
    quotes(answer)
    assert any("27 days" in text for text in found["differs"])
    assert any("24 days" in text for text in found["differs"])
    assert any("12 days" in text for text in found["same"])
    assert any("6 months" in text for text in found["only in the second"])
    assert {sentence["standing"] for sentence in answer.sentences} == {"supported"}
    assert all(sentence["citations"] for sentence in answer.sentences)


def test_a_table_leaves_empty_what_no_document_says(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, old_leave: Document
) -> None:
    bob = client_for(people.bob)
    columns = "annual leave of employees, sabbatical, submarine"
    answer = made(bob, "table", document=[shelf.leave.pk, old_leave.pk], columns=columns)
    quotes(answer)
    view = present(answer, people.bob)
    assert view.layout is not None
    cells = [[" ".join(s.text for s in cell) for cell in row.cells] for row in view.layout.rows]
    assert "27 days" in cells[0][0]
    assert "24 days" in cells[1][0]
    assert cells[0][1] == ""
    assert "6 months" in cells[1][1]
    assert cells[0][2] == cells[1][2] == ""
    text = bob.get(f"/answers/{answer.pk}/table.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["Document", "annual leave of employees"]
    assert "27 days" in rows[1][1]
    assert client_for(people.alice).get(f"/answers/{answer.pk}/table.csv").status_code == 404
    Grant.objects.filter(user=people.bob).delete()
    assert "27 days" not in bob.get(f"/answers/{answer.pk}/table.csv").content.decode()


def test_a_reply_answers_each_question_or_says_that_it_cannot(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    assert [text[:12] for text in questions_of(MAIL)] == ["What is the ", "And which co"]
    assert questions_of("Hello Bob,\nwho approves flights?") == ["who approves flights?"]
    answer = made(client_for(people.bob), "reply", mail=MAIL)
    groups = answer.layout["groups"]
    assert [group["label"] for group in groups] == ["", "not found"]
    assert any("€145" in quote for quote in quotes(answer))
    assert groups[1]["sentences"] == []


def test_a_model_writes_and_its_silence_is_made_up_for_by_quotes(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["Employees receive 27 days of paid annual leave [1]."]
    answer = made(client_for(people.bob), "summary", document=[shelf.leave.pk])
    assert answer.prompt_version
    assert [sentence["text"] for sentence in answer.sentences] == ["Employees receive 27 days of paid annual leave."]
    assert any(row["supplied"] for row in answer.retrieved)
    model_server.script.statuses = [500] * 8
    answer = made(client_for(people.bob), "summary", document=[shelf.leave.pk])
    assert answer.degraded == "generator_unavailable"
    assert len(answer.sentences) > 1


@pytest.mark.parametrize("mode", ["summary", "compare", "table"])
def test_hidden_documents_are_neither_offered_nor_taken(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, mode: str
) -> None:
    bob = client_for(people.bob)
    page = bob.get(f"/modes/{mode}/?q=memo&document={shelf.memo.pk}").content.decode()
    assert str(shelf.memo.pk) not in page
    assert "Board" not in page
    theirs = bob.post(f"/modes/{mode}/", {"document": [shelf.memo.pk], "columns": "price"})
    none = bob.post(f"/modes/{mode}/", {"document": ["no-document"], "columns": "price"})
    assert theirs.status_code == none.status_code == 422
    assert not Answer.objects.exists()
    assert bob.get("/modes/poem/").status_code == 404


def test_a_purged_document_leaves_no_heading_in_a_summary(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    answer = made(client_for(people.bob), "summary", document=[shelf.leave.pk])
    assert "Annual leave" in str(answer.layout)
    delete_document(shelf.leave, people.alice)
    assert purge_deleted() == 1
    answer.refresh_from_db()
    assert (answer.layout, answer.sentences) == ({}, [])


def test_a_document_that_was_closed_meanwhile_is_not_read(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    bob = client_for(people.bob)
    answer = made(bob, "summary", document=[shelf.leave.pk])
    Grant.objects.filter(user=people.bob).delete()
    bob.post(f"/answers/{answer.pk}/retry/")
    again = finished(Answer.objects.latest("created").pk)
    assert again.state == Answer.State.FAILED
    assert again.sentences == []


def test_a_shared_comparison_shows_whole_groups_only(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    answer = made(client_for(people.alice), "compare", document=[shelf.travel.pk, shelf.memo.pk])
    share = Share.objects.create(conversation=answer.turn.conversation, user=people.bob)
    page = client_for(people.bob).get(f"/shared/{share.pk}/").content.decode()
    for canary in ("Larkwright", "14 March 2027", "Board memo", "Takeover"):
        assert canary not in page
    assert "€145" in page


def test_a_group_with_a_sentence_that_is_held_back_is_left_out() -> None:
    groups = [{"title": "Hidden", "label": "differs", "cell": None, "sentences": [0, 1]}]
    assert set_out({"groups": groups}, {}, {0: "shown"}).groups == ()
    assert set_out({"groups": groups}, {}, {0: "a", 1: "b"}).groups[0].sentences == ("a", "b")


def test_a_replacement_that_the_reader_may_not_see_does_not_show(
    shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    """Bob may not know of the board's memo, so nothing tells him that it replaces his policy."""
    Document.objects.filter(pk=shelf.travel.pk).update(superseded_by=shelf.memo)
    shelf.travel.refresh_from_db()
    assert not any(item.superseded for item in read(shelf.travel, people.bob).evidence)
    assert all(item.superseded for item in read(shelf.travel, people.alice).evidence)

"""Summaries, comparisons, tables and replies: the same grounded sentences, set otherwise."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import User
from assistant.models import Answer, Share
from assistant.modes.reading import read
from assistant.modes.reply import questions_of
from assistant.modes.setting import set_out
from assistant.showing.presenting import present
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Collection, Document, Grant
from tests.assistant.conftest import AddEndpoint, documents, quotes
from tests.assistant.model_server import ModelServer, Script
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


def test_a_comparison_takes_the_same_in_another_unit_for_the_same(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    client_for: ClientFor,
    team: Collection,
    make_document: MakeDocument,
) -> None:
    text = "# Leave\n\nLeave is requested at least {0} ahead, by {1}.\n\nA seat costs {2} in the first year.\n"
    one = make_document(team, "one.md", text.format("two weeks", "31 March 2026", "1.500 Euro"), people.alice)
    two = make_document(team, "two.md", text.format("14 days", "31.03.2026", "1500 Euro"), people.alice)
    found = labels(made(client_for(people.bob), "compare", document=[one.pk, two.pk]))
    assert set(found) == {"same"}
    assert len(found["same"]) == 2


def test_a_table_leaves_empty_what_no_document_says(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, old_leave: Document
) -> None:
    bob = client_for(people.bob)
    columns = "annual leave of employees, sabbatical, submarine"
    answer = made(bob, "table", document=[shelf.leave.pk, old_leave.pk], columns=columns)
    quotes(answer)
    view = present(answer, people.bob)
    assert view.layout is not None
    cells = [[" ".join(s.text for s in cell.sentences) for cell in row.cells] for row in view.layout.rows]
    assert [[cell.silence for cell in row.cells] for row in view.layout.rows] == [
        ["", "not said", "not said"],
        ["", "", "not said"],
    ]
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


TWO_QUESTIONS = "Hello,\nwhat is the hotel limit per night? How many days of annual leave do employees receive?"


def shown_groups(answer: Answer, user: User) -> list[tuple[str, list[str]]]:
    layout = present(answer, user).layout
    assert layout is not None
    return [(group.title, [sentence.text for sentence in group.sentences]) for group in layout.groups]


def test_what_was_said_before_a_stop_stays_on_the_page_and_in_the_export(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, model_server: ModelServer
) -> None:
    def stop(piece: int) -> None:
        if piece == 2:
            Answer.objects.update(stop_requested=True)

    pieces = ["The hotel limit is €145 per night [1][2][3]. ", "Breakfast ", *["is "] * 6, "included [1]."]
    model_server.script = Script(pieces=pieces, between=0.3, then=stop)
    bob = client_for(people.bob)
    answer = made(bob, "reply", mail=TWO_QUESTIONS)
    assert answer.state == Answer.State.STOPPED
    ((_, said),) = shown_groups(answer, people.bob)
    assert said == ["The hotel limit is €145 per night."] == [sentence["text"] for sentence in answer.sentences]
    assert "The hotel limit is €145 per night" in bob.get(f"/answers/{answer.pk}/").content.decode()
    assert "The hotel limit is €145 per night" in bob.get(f"/answers/{answer.pk}/export/").content.decode()


def test_where_a_model_breaks_off_quotes_follow_and_the_next_question_is_still_answered(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, model_server: ModelServer
) -> None:
    model_server.first = [Script(pieces=["A hotel costs no more than €145 [1][2][3]. ", "And "], done=False)]
    model_server.script.pieces = ["Employees receive 27 days of paid annual leave [1][2][3]."]
    answer = made(client_for(people.bob), "reply", mail=TWO_QUESTIONS)
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, "half_answer")
    assert "broke off" in answer.notice and "What was said until then is kept" in answer.notice
    (_, hotels), (_, leave) = shown_groups(answer, people.bob)
    assert hotels[0] == "A hotel costs no more than €145." and len(hotels) > 1
    assert leave == ["Employees receive 27 days of paid annual leave."]


def test_sentences_that_were_held_back_are_told_of(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, model_server: ModelServer, team: Collection
) -> None:
    Collection.objects.filter(pk=team.pk).update(unsupported=Collection.Unsupported.HOLD)
    model_server.script.pieces = ["The takeover costs €900 million and begins in Norway [1]."]
    answer = made(client_for(people.bob), "reply", mail="Hello,\nwhat is the hotel limit per night?")
    assert "One sentence was held back" in answer.notice
    assert answer.layout["groups"][0]["held"] == 1
    assert any("€145" in quote for quote in quotes(answer))


def test_a_cell_says_why_it_is_empty() -> None:
    groups = [
        {"title": "", "label": "", "cell": [0, 0], "sentences": [0], "held": 0},
        {"title": "", "label": "", "cell": [0, 1], "sentences": [], "held": 1},
        {"title": "", "label": "", "cell": [0, 2], "sentences": [], "held": 0},
        {"title": "", "label": "", "cell": [0, 3], "sentences": [1], "held": 0},
    ]
    params = {"columns": ["a", "b", "c", "d", "e"], "documents": ["one", "two"]}
    (row,) = set_out({"groups": groups}, params, {0: "said"}, {"one"}).rows
    assert row.document == "one"
    assert row.cells[0].sentences == ("said",)
    assert [cell.silence for cell in row.cells] == ["", "held back", "not said", "not shown", "not reached"]


def test_a_question_whose_answer_was_held_back_does_not_read_as_if_nothing_answered_it() -> None:
    groups = [{"title": "Why?", "label": "", "cell": None, "sentences": [], "held": 2}]
    (group,) = set_out({"groups": groups}, {}, {}).groups
    assert (group.title, group.sentences) == ("Why?", ())
    assert "held back" in group.silence


def test_a_shared_table_has_no_row_of_a_hidden_document(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    alice = client_for(people.alice)
    chosen = [shelf.memo.pk, shelf.travel.pk]
    answer = made(alice, "table", document=chosen, columns="hotel limit per night, price of the takeover")
    share = Share.objects.create(conversation=answer.turn.conversation, user=people.bob)
    bob = client_for(people.bob)
    for page in (bob.get(f"/shared/{share.pk}/"), bob.get(f"/shared/{share.pk}/export/")):
        text = page.content.decode()
        assert "€145" in text
        assert "Board memo" not in text and "million" not in text
        assert text.count('<th scope="row">') + text.count("| Travel policy |") == 1
    assert alice.get(f"/answers/{answer.pk}/").content.decode().count('<th scope="row">') == 2


def test_a_small_model_is_asked_the_modes_own_question(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    client_for: ClientFor,
    second: ModelServer,
    add_endpoint: AddEndpoint,
) -> None:
    row, bob, mail = add_endpoint(second), client_for(people.bob), "Hello,\nwhat is the hotel limit per night?"
    made(bob, "reply", mail=mail)
    whole = second.prompt()
    row.context_window, row.max_tokens = 1024, 500
    row.save()
    made(bob, "reply", mail=mail)
    assert 0 < second.prompt().count("<passage ") < whole.count("<passage ")
    assert whole.endswith("<question>what is the hotel limit per night?</question>")
    assert second.prompt().endswith("<question>what is the hotel limit per night?</question>")


def test_a_mode_is_no_short_question(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    client_for: ClientFor,
    second: ModelServer,
    model_server: ModelServer,
    add_endpoint: AddEndpoint,
) -> None:
    add_endpoint(second, "Cheap", serves="short")
    made(client_for(people.bob), "reply", mail="Hello,\nwhat is the hotel limit per night?")
    made(client_for(people.bob), "summary", document=[shelf.leave.pk])
    assert second.requests == []
    assert len(model_server.requests) == 2

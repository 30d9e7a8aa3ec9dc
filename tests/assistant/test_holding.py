"""A curator decides what becomes of sentences that the documents do not support; the strictest choice counts."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import AuditEvent
from assistant.answering.answer import answer as answering
from assistant.answering.events import Delta, Event
from assistant.answering.grounding import Verdict
from assistant.answering.holding import Policy
from assistant.conversing import conversations
from assistant.models import Answer
from knowledge.models import Collection, Grant
from tests.assistant.model_server import ModelServer

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"
TRUE, FALSE = "The hotel limit is €145 per night [1].", "The hotel limit is €245 per night [1]."
Choice = Collection.Unsupported


def told(people: SimpleNamespace) -> tuple[Answer, list[Event]]:
    given = conversations.ask(people.bob, QUESTION)
    events = list(answering(given.pk))
    given.refresh_from_db()
    return given, events


def standings(answer: Answer) -> list[str]:
    return [sentence["standing"] for sentence in answer.sentences]


@pytest.fixture
def wrote(shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer) -> ModelServer:
    """A model that says something true and something false of the passage it is given first."""
    model_server.script.pieces = [TRUE]
    told(people)
    number = model_server.prompt().split("The hotel limit is €145")[0].rsplit('<passage n="', 1)[1].split('"')[0]
    model_server.script.pieces = [text.replace("[1]", f"[{number}]") for text in (TRUE, " ", FALSE)]
    return model_server


def test_by_default_the_sentence_is_shown_with_its_mark(wrote: ModelServer, people: SimpleNamespace) -> None:
    answer, events = told(people)
    assert standings(answer) == ["supported", "unsupported"]
    assert answer.sentences[1]["reason"] == "The document says €145, the sentence says €245."
    assert any(isinstance(event, Delta) for event in events)


def test_held_back_it_is_neither_sent_nor_kept_and_the_reader_is_told(
    wrote: ModelServer, people: SimpleNamespace, team: Collection
) -> None:
    Collection.objects.filter(pk=team.pk).update(unsupported=Choice.HOLD)
    answer, events = told(people)
    assert standings(answer) == ["supported"]
    assert "One sentence was held back" in answer.notice
    assert "€245" not in answer.text + str(answer.sentences) + "".join(str(event.data()) for event in events)


def test_with_nothing_left_to_say_it_says_that_nothing_answers(
    wrote: ModelServer, people: SimpleNamespace, team: Collection
) -> None:
    Collection.objects.filter(pk=team.pk).update(unsupported=Choice.HOLD)
    wrote.script.pieces = [FALSE]
    answer, _ = told(people)
    assert answer.abstained
    assert answer.sentences == []
    assert "held back" in answer.notice


def test_the_strictest_of_the_cited_collections_counts(shelf: SimpleNamespace, team: Collection) -> None:
    Collection.objects.filter(pk=shelf.board.pk).update(unsupported=Choice.HOLD_PARTLY)
    policy = Policy([shelf.travel.pk, shelf.memo.pk])
    partly, unsupported = Verdict("partly", "…"), Verdict("unsupported", "…")
    assert not policy.holds(unsupported, {shelf.travel.pk})
    assert policy.holds(partly, {shelf.travel.pk, shelf.memo.pk})
    assert policy.holds(partly, ())  # it cites nothing, so it may rest on any of them
    assert not policy.holds(Verdict("supported", ""), {shelf.memo.pk})
    Collection.objects.filter(pk=shelf.board.pk).update(unsupported=Choice.HOLD)
    assert not Policy([shelf.memo.pk]).holds(partly, {shelf.memo.pk})


def test_a_curator_chooses_for_the_collections_they_curate_and_no_others(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection
) -> None:
    alice = Client()
    alice.force_login(people.alice)
    page = alice.get("/documents/checking/").content.decode()
    assert team.name in page
    mine = list(Collection.objects.curated_by(people.alice).order_by("name"))
    sent: dict[str, object] = {"form-TOTAL_FORMS": len(mine), "form-INITIAL_FORMS": len(mine)}
    for place, collection in enumerate(mine):
        sent |= {f"form-{place}-id": collection.pk, f"form-{place}-unsupported": Choice.HOLD}
    assert alice.post("/documents/checking/", sent).status_code == 302
    team.refresh_from_db()
    assert team.unsupported == Choice.HOLD
    assert AuditEvent.objects.filter(action="collection.changed").count() == len(mine)
    bob = Client()
    bob.force_login(people.bob)
    assert bob.get("/documents/checking/").status_code == 404
    stranger = Collection.objects.create(name="Stranger", slug="stranger")
    sent["form-0-id"] = stranger.pk
    alice.post("/documents/checking/", sent | {"form-0-unsupported": Choice.HOLD_PARTLY})
    stranger.refresh_from_db()
    assert stranger.unsupported == Choice.MARK


def test_an_old_page_of_choices_writes_only_the_one_that_was_made(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection
) -> None:
    Grant.objects.filter(user=people.alice).update(role=Grant.Role.CURATOR)
    alice = Client()
    alice.force_login(people.alice)
    page = alice.get("/documents/checking/").content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="((?:initial-)?form-[^"]+)" value="([^"]*)"', page))
    ids = {name: value for name, value in sent.items() if re.fullmatch(r"form-\d+-id", name)}
    places = {int(value): name.removesuffix("-id") for name, value in ids.items()}
    before = Collection.objects.get(pk=shelf.board.pk).unsupported
    Collection.objects.filter(pk=shelf.board.pk).update(unsupported=Choice.HOLD_PARTLY)
    sent |= {f"{places[team.pk]}-unsupported": Choice.HOLD, f"{places[shelf.board.pk]}-unsupported": before}
    assert alice.post("/documents/checking/", sent).status_code == 302
    kept = dict(Collection.objects.values_list("pk", "unsupported"))
    assert (kept[team.pk], kept[shelf.board.pk]) == (Choice.HOLD, Choice.HOLD_PARTLY)

"""``manage.py ask``: JSON and nothing else, footnotes for people, plain reasons on failure."""

from __future__ import annotations

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from knowledge.models import Page

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"


def ask(*arguments: str) -> str:
    out = StringIO()
    call_command("ask", *arguments, stdout=out)
    return out.getvalue()


def test_json(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    said = json.loads(ask(QUESTION, "--as", "bob", "--json"))
    wanted = {
        "question", "answer", "abstained", "generator", "sentences", "citations", "retrieved", "timings_ms",
        "conversation", "disagreements", "readings",
    }  # fmt: skip
    assert set(said) == wanted
    assert said["answer"].startswith("The hotel limit is €145")
    assert said["sentences"][0] == {
        "text": "The hotel limit is €145 per night, breakfast included.",
        "standing": "supported",
        "citations": [1],
    }
    for citation in said["citations"]:
        assert set(citation) == {"n", "document", "document_id", "version", "page", "start", "end", "quote"}
        page = Page.objects.get(version__document=citation["document_id"], number=citation["page"])
        assert page.text[citation["start"] : citation["end"]] == citation["quote"]
    assert {"document", "title", "document_id", "page", "start", "end", "score", "used"} == set(said["retrieved"][0])
    assert said["citations"][0]["document"] == said["retrieved"][0]["document"]  # the name it was uploaded under
    assert set(said["timings_ms"]) == {"embed", "search", "generate", "ground", "total"}


def test_a_conversation_goes_on(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    first = json.loads(ask("How many days of paid annual leave do employees get?", "--as", "bob", "--json"))
    second = json.loads(ask("And interns?", "--as", "bob", "--conversation", first["conversation"], "--json"))
    assert "12 days" in second["answer"]
    with pytest.raises(CommandError, match="no conversation"):
        ask("And interns?", "--as", "alice", "--conversation", first["conversation"])


def test_for_people(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    said = ask(QUESTION, "--as", "bob")
    assert "breakfast included.[1]" in said
    assert "[1] “The hotel limit is €145 per night, breakfast included.” Travel policy" in said
    assert "nearest:" in ask("How tall is the Eiffel tower?", "--as", "bob")


def test_failures_are_said_plainly(people: SimpleNamespace, settings: Settings) -> None:
    with pytest.raises(CommandError, match="no active person called 'mallory'"):
        ask(QUESTION, "--as", "mallory")
    with pytest.raises(CommandError, match="Write a question first"):
        ask("  ", "--as", "bob")
    settings.GENERATOR = "oracle"
    with pytest.raises(CommandError, match="quoting or openai"):
        ask(QUESTION, "--as", "bob")

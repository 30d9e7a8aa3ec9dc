"""A small shelf of the team's documents, and one that only Alice's board reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.answering.events import Event
from assistant.conversing import conversations
from assistant.models import Answer, Conversation, ModelEndpoint
from knowledge.models import Collection, Document, Grant
from tests.assistant.model_server import ModelServer, Script
from tests.conftest import MakeDocument

TRAVEL = """# Travel policy

## Hotels

The hotel limit is €145 per night, breakfast included. In capital cities the limit is €190 per night.

## Rail

Rail travel is in second class. First class is paid on journeys of more than four hours.

## Meal allowance

| Country | Breakfast | Full day |
| --- | --- | --- |
| Norway | €15 | €71 |
| Portugal | €9 | €44 |
"""
LEAVE = """# Leave rules

## Annual leave

Employees receive 27 days of paid annual leave per calendar year. Interns receive 12 days of paid annual leave.

## Asking for leave

Leave is requested at least two weeks ahead. The line manager answers within five working days.

## Sick children

What you may bring:

- a note of the doctor
- the insurance card
- the name of your deputy
"""
BOARD = """# Board memo

## Takeover

The takeover of Larkwright Sensors is planned for 14 March 2027 at a price of €11 million.
"""

Asked = Callable[..., Answer]


@pytest.fixture
def shelf(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> SimpleNamespace:
    """The team's travel policy and leave rules; a board memo for Alice alone."""
    board = Collection.objects.create(name="Board", slug="board")
    Grant.objects.create(collection=board, user=people.alice, role=Grant.Role.CURATOR)
    return SimpleNamespace(
        board=board,
        travel=make_document(team, "travel-policy.md", TRAVEL, people.alice),
        leave=make_document(team, "leave-rules.md", LEAVE, people.alice),
        memo=make_document(board, "board-memo.md", BOARD, people.alice),
    )


@pytest.fixture
def asked() -> Asked:
    """Asks as a person and gives the finished answer."""

    def ask(user: User, question: str, conversation: Conversation | None = None) -> Answer:
        answer = conversations.ask(user, question, conversation)
        run(answer)
        answer.refresh_from_db()
        return answer

    return ask


def run(answer: Answer) -> list[Event]:
    return list(answering(answer.pk))


def quotes(answer: Answer) -> list[str]:
    """The cited words; that they are verbatim is checked on the way."""
    for citation in answer.citations.select_related("page"):
        assert citation.page.text[citation.start : citation.end] == citation.quote
    return list(answer.citations.order_by("number").values_list("quote", flat=True))


def documents(answer: Answer) -> set[Document]:
    return set(Document.objects.filter(pk__in=answer.citations.values("document")))


@pytest.fixture
def model_server(settings: Settings) -> Iterator[ModelServer]:
    """An endpoint that speaks as scripted, and settings that point to it with short time-outs."""
    with ModelServer(Script()) as server:
        settings.GENERATOR = "openai"
        settings.GENERATOR_URL = server.url
        settings.GENERATOR_MODEL = "scripted"
        settings.GENERATOR_KEY = "canary-key-5521"
        settings.GENERATOR_CONNECT_SECONDS = 1.0
        settings.GENERATOR_FIRST_TOKEN_SECONDS = 1.0
        settings.GENERATOR_IDLE_SECONDS = 0.6
        settings.GENERATOR_TOTAL_SECONDS = 4.0
        yield server


@pytest.fixture
def second(db: None, settings: Settings) -> Iterator[ModelServer]:
    """Another endpoint that speaks as scripted. It is asked when a row names it, see ``add_endpoint``."""
    with ModelServer(Script()) as server:
        settings.OUTBOUND = [server.url]
        yield server


AddEndpoint = Callable[..., ModelEndpoint]


@pytest.fixture
def add_endpoint(db: None) -> AddEndpoint:
    """An administrator's row for a server, with short time-outs."""

    def add(server: ModelServer, name: str = "Second", **fields: object) -> ModelEndpoint:
        short = {"connect_seconds": 1.0, "first_token_seconds": 1.0, "idle_seconds": 0.6, "total_seconds": 4.0}
        return ModelEndpoint.objects.create(name=name, base_url=server.url, model="m-2", **{**short, **fields})

    return add

"""Answers by a real llama.cpp server with a real, small model that invents. Runs where both packages are installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from assistant.answering.answer import answer as answering
from assistant.answering.citations import SentenceReader
from assistant.answering.events import Delta
from assistant.answering.tying import tie
from assistant.conversing import conversations
from assistant.endpoints.value import Endpoint
from assistant.errors import GeneratorInterrupted
from assistant.generators.chat_stream import ChatStream
from assistant.generators.openai_compatible import ChatClient
from assistant.models import Answer, ModelEndpoint
from assistant.selection.gathering import find, gather
from tests.assistant.conftest import AddEndpoint, Asked, quotes
from tests.assistant.llama import LlamaServer, model_file
from tests.assistant.model_server import ModelServer

MODEL = model_file()
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.full,
    pytest.mark.skipif(MODEL is None, reason="needs the packages of requirements-full.lock; `make test-full` has them"),
]
PATIENT = {"connect_seconds": 10, "first_token_seconds": 120, "idle_seconds": 60, "total_seconds": 300}
QUESTIONS = (
    "What is the hotel limit per night?",
    "How many days of paid annual leave do interns receive?",
    "When may I travel first class by rail?",
    "How far ahead is leave requested?",
)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    assert MODEL is not None
    with LlamaServer(MODEL, tmp_path_factory.mktemp("llama") / "server.log") as server:
        yield server


@pytest.fixture
def smollm(db: None, llama: LlamaServer, settings: Settings) -> ModelEndpoint:
    settings.GENERATOR_PATIENCE_SECONDS, settings.OUTBOUND = 120, [llama.url]
    return ModelEndpoint.objects.create(
        name="SmolLM2", base_url=llama.url, model="smollm2", context_window=4096, max_tokens=120,
        price_in=Decimal(1), price_out=Decimal(2), **PATIENT,
    )  # fmt: skip


def test_it_streams_and_its_own_count_makes_the_cost(
    smollm: ModelEndpoint, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    answer = conversations.ask(people.bob, QUESTIONS[0])
    deltas = sum(isinstance(event, Delta) for event in answering(answer.pk))
    answer.refresh_from_db()
    assert deltas > 3
    assert answer.state == Answer.State.COMPLETE
    assert [call["endpoint"] for call in answer.calls] == ["SmolLM2"]
    assert not answer.tokens_estimated
    assert answer.tokens_in > 300
    assert answer.cost == Decimal(answer.tokens_in + 2 * answer.tokens_out) / 1_000_000


def test_what_it_invents_is_never_shown_as_supported(
    smollm: ModelEndpoint, shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    """Whatever the model says: a figure in a supported sentence stands in its quotes."""
    said = []
    for question in QUESTIONS:
        answer = asked(people.bob, question)
        said += answer.sentences
        words = quotes(answer)
        for sentence in answer.sentences:
            if sentence["standing"] == "supported":
                sources = " ".join(words[number - 1] for number in sentence["citations"])
                assert figures(sentence["text"]) <= figures(sources), sentence
    print([(sentence["standing"], sentence["text"][:90]) for sentence in said])  # noqa: T201  # shown by pytest -s
    assert said


def test_what_it_makes_up_without_passages_is_caught(
    llama: LlamaServer, shelf: SimpleNamespace, people: SimpleNamespace, settings: Settings
) -> None:
    """Asked without a passage it can only invent: none of it may count as supported by the company's documents."""
    settings.OUTBOUND = [llama.url]
    endpoint = Endpoint(llama.url, "smollm2", "", connect=10, first_token=120, idle=60, total=300, max_tokens=160)
    tell = "Describe the travel policy of the company Larkwright in five sentences with amounts in euros and dates."
    said = ""
    with suppress(GeneratorInterrupted):  # it does not come to an end in so few tokens
        for piece in ChatClient(endpoint).ask([{"role": "user", "content": tell}], ChatStream()):
            said += piece
    reader = SentenceReader()
    sentences = [*reader.feed(said), *reader.flush()]
    assert sentences, said  # how many it makes of it differs from one processor and order of requests to the next
    found = find(QUESTIONS[0], people.bob, ())
    material = gather(QUESTIONS[0], found, found.evidence, frozenset())
    verdicts = [(tie(material, raw)[1].standing, raw.text[:100]) for raw in sentences]
    print(verdicts)  # noqa: T201  # shown by pytest -s
    assert {standing for standing, _ in verdicts} == {"unsupported"}


def figures(text: str) -> set[str]:
    return {word.strip(".,€%()") for word in text.split() if any(c.isdigit() for c in word)}


def test_killed_in_mid_stream_the_rest_is_quoted_and_the_next_question_goes_elsewhere(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, second: ModelServer, add_endpoint: AddEndpoint,
    tmp_path: Path, settings: Settings,
) -> None:  # fmt: skip
    settings.GENERATOR_PATIENCE_SECONDS = 120
    assert MODEL is not None
    with LlamaServer(MODEL, tmp_path / "server.log") as doomed:
        settings.OUTBOUND = [doomed.url, second.url]
        ModelEndpoint.objects.create(
            name="SmolLM2", base_url=doomed.url, model="smollm2", priority=1, context_window=4096, **PATIENT
        )
        add_endpoint(second)
        answer = conversations.ask(people.bob, QUESTIONS[0])
        for event in answering(answer.pk):
            if isinstance(event, Delta):
                doomed.kill()
        answer.refresh_from_db()
        assert answer.state == Answer.State.COMPLETE
        assert answer.degraded in {"half_answer", "generator_unavailable"}
        assert "broke off in mid-answer" in answer.notice
        assert "The hotel limit is €145 per night, breakfast included." in quotes(answer)
        assert second.requests == [], "after the first words nobody else is asked"

        answer = asked(people.bob, QUESTIONS[0])
        assert [(call["endpoint"], call["outcome"]) for call in answer.calls] == [
            ("SmolLM2", "unreachable"),
            ("Second", "ok"),
        ]
        assert "Second answered instead" in answer.notice

"""Several language models in order: who is asked, who is left alone, who answers, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from assistant.conversing import conversations
from assistant.endpoints import breaker, spending
from assistant.endpoints.calls import Call
from assistant.models import Answer, Conversation, EndpointHealth, ModelBudget, ModelSpending
from assistant.showing.presenting import present
from tests.assistant.conftest import AddEndpoint, Asked, quotes
from tests.assistant.model_server import ModelServer, Script

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"
LONG = "We travel to a customer in Norway next week, so what is the hotel limit per night that we keep to there?"
USAGE = {"prompt_tokens": 1200, "completion_tokens": 40, "total_tokens": 1240}


@pytest.fixture
def ask(shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked) -> Asked:
    return lambda question=QUESTION: asked(people.bob, question)


def outcomes(answer: Answer) -> list[tuple[str, str]]:
    return [(call["endpoint"], call["outcome"]) for call in answer.calls]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"statuses": [500, 500]}, "refused"),
        ({"statuses": [401]}, "refused"),
        ({"before": 20.0}, "slow"),
        ({"pieces": []}, "silent"),
        ({"pieces": [], "done": False}, "silent"),
        ({"pieces": ["I'm sorry, but I cannot help with that."]}, "declined"),
        ({"pieces": ["酒店每晚的限额是一百四十五欧元。"]}, "wrong_language"),
    ],
)
def test_when_the_first_does_not_begin_the_next_answers_and_the_reader_is_told(
    fault: dict[str, object], outcome: str, model_server: ModelServer, second: ModelServer,
    add_endpoint: AddEndpoint, ask: Asked,
) -> None:  # fmt: skip
    add_endpoint(second)
    for name, value in fault.items():
        setattr(model_server.script, name, value)
    answer = ask()
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, "")
    assert answer.sentences[0]["standing"] == "supported"
    assert (answer.generator, answer.endpoint, answer.model) == ("Second", "Second", "m-2")
    assert outcomes(answer) == [("openai:scripted", outcome), ("Second", "ok")]
    assert "Second answered instead" in answer.notice
    assert [step for step in answer.steps if step.startswith("Asked")] == ["Asked openai:scripted", "Asked Second"]
    assert len(second.requests) == 1


def test_nobody_at_the_first_address(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings
) -> None:
    add_endpoint(second)
    settings.GENERATOR_URL = "http://127.0.0.1:9/v1"
    answer = ask()
    assert outcomes(answer) == [("openai:scripted", "unreachable"), ("Second", "ok")]
    assert model_server.requests == []


def test_all_of_them_fail_and_quotes_answer(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, people: SimpleNamespace
) -> None:
    add_endpoint(second)
    model_server.script.statuses, second.script.statuses = [500, 500], [503, 503]
    answer = ask()
    assert (answer.generator, answer.degraded) == ("quoting", "generator_unavailable")
    assert quotes(answer) == ["The hotel limit is €145 per night, breakfast included."]
    assert "The quoting answerer answered instead" in answer.notice
    made = present(answer, people.bob).made
    assert made is not None
    assert made.calls == ("openai:scripted refused the request", "Second refused the request")
    assert dict(made.rows)["Answered by"] == "the quoting answerer, which uses no language model"


def test_after_the_first_words_nobody_else_is_asked(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    add_endpoint(second)
    model_server.script.pieces, model_server.script.done = ["Rail travel is in second class [1][2][3]. ", "And"], False
    answer = ask()
    assert answer.degraded == "half_answer"
    assert (len(model_server.requests), second.requests) == (1, [])


def test_time_for_all_of_them_together_is_limited(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings
) -> None:
    add_endpoint(second)
    settings.GENERATOR_PATIENCE_SECONDS = 0.8
    model_server.script.before = 20.0
    answer = ask()
    assert answer.generator == "quoting"
    assert outcomes(answer) == [("openai:scripted", "slow"), ("Second", "no_time")]


def test_rows_alone_switch_language_models_on_and_disabled_ones_are_not_asked(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    assert ask().generator == "quoting"
    row = add_endpoint(second)
    assert ask().generator == "Second"
    row.enabled = False
    row.save()
    assert ask().generator == "quoting"
    assert len(second.requests) == 1


def test_a_short_question_goes_to_the_cheap_model_and_a_long_one_does_not(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    add_endpoint(second, "Cheap", serves="short")
    assert ask(QUESTION).endpoint == "Cheap"
    assert ask(LONG).endpoint == "openai:scripted"
    model_server.script.statuses = [401]
    answer = ask(LONG)
    assert outcomes(answer) == [("openai:scripted", "refused")], "the cheap model is not made for long questions"


# --- The circuit breaker --------------------------------------------------------------------------------------------


def test_an_endpoint_that_fails_again_and_again_is_left_alone_then_tried_once(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings
) -> None:
    settings.BREAKER_FAILURES = 2
    add_endpoint(second)
    model_server.script.statuses = [401, 401]
    ask()
    ask()
    assert len(model_server.requests) == 2
    answer = ask()
    assert len(model_server.requests) == 2, "open: nobody asks"
    assert outcomes(answer) == [("openai:scripted", "breaker"), ("Second", "ok")]
    assert "left alone" in answer.notice

    EndpointHealth.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    answer = ask()
    assert (answer.endpoint, answer.notice) == ("openai:scripted", "")
    assert breaker.in_words("environment") == "in use"


def test_half_open_lets_one_at_a_time_try(settings: Settings) -> None:
    settings.BREAKER_FAILURES = 1
    breaker.failed("row:7", "unreachable")
    assert not breaker.admits("row:7")
    EndpointHealth.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    assert [breaker.admits("row:7") for _ in range(3)] == [True, False, False]
    breaker.abandoned("row:7")
    assert [breaker.admits("row:7") for _ in range(2)] == [True, False]
    breaker.failed("row:7", "unreachable")
    assert not breaker.admits("row:7"), "the trial failed: another pause"
    breaker.succeeded("row:7")
    assert [breaker.admits("row:7") for _ in range(2)] == [True, True]


def test_what_a_model_says_is_no_reason_to_leave_it_alone(settings: Settings) -> None:
    settings.BREAKER_FAILURES = 1
    for code in ("declined", "wrong_language", "looping", "endless", "length", "filtered"):
        breaker.failed("row:7", code)
    assert breaker.admits("row:7")


def test_every_process_leaves_it_alone_as_long_as_it_asked_for(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    add_endpoint(second)
    model_server.script.statuses, model_server.script.headers = [429], {"Retry-After": "900"}
    ask()
    assert outcomes(ask())[0] == ("openai:scripted", "breaker")
    assert len(model_server.requests) == 1
    told = elsewhere(model_server)
    assert [row["name"] for row in told["models"]] == ["openai:scripted", "Second"]
    assert told["models"][0]["state"].startswith("left alone for 8")
    assert told["models"][1]["state"] == "in use"


def elsewhere(server: ModelServer) -> dict[str, list[dict[str, str]]]:
    """What another process with the same database says of the models."""
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "FOOTNOTE_GENERATOR": "openai"}
    ours |= {"FOOTNOTE_GENERATOR_URL": server.url, "FOOTNOTE_GENERATOR_MODEL": "scripted"}
    if not os.environ.get("DATABASE_URL"):
        ours["DATABASE_URL"] = f"sqlite:///{connection.settings_dict['NAME']}"
    command = [sys.executable, "manage.py", "models", "--json"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=os.environ | ours, capture_output=True, check=True, timeout=120)
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def test_a_date_in_retry_after_is_understood(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    add_endpoint(second)
    model_server.script.statuses = [503]
    model_server.script.headers = {"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"}
    ask()
    left = EndpointHealth.objects.get(key="environment").open_until - timezone.now()
    assert timedelta(minutes=55) < left <= timedelta(hours=1), "an hour at most, whatever it asks for"


# --- Tokens and money -----------------------------------------------------------------------------------------------


def test_what_the_endpoint_counted_is_what_the_answer_cost(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, people: SimpleNamespace
) -> None:
    add_endpoint(second, price_in=Decimal("0.15"), price_out=Decimal("0.60"), currency="USD")
    second.script.usage = USAGE
    answer = ask()
    assert (answer.tokens_in, answer.tokens_out, answer.tokens_estimated) == (1200, 40, False)
    assert (answer.cost, answer.currency) == (Decimal("0.000204"), "USD")
    assert answer.first_token_ms is not None
    assert second.requests[0]["stream_options"] == {"include_usage": True}
    made = present(answer, people.bob).made
    assert made is not None
    said = dict(made.rows)
    assert said["Cost"] == "0.000204 USD"
    assert said["Tokens"] == "1,200 read, 40 written, counted by the model's server"
    assert said["Answered by"] == "Second, model m-2"
    assert said["Prompt"] == f"version {answer.prompt_version}"


@pytest.mark.parametrize(
    "usage", [None, "many", {"prompt_tokens": -5, "completion_tokens": 2}, {"prompt_tokens": True}, {}]
)
def test_without_a_sane_count_tokens_are_estimated_and_called_so(
    usage: object, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, people: SimpleNamespace
) -> None:
    add_endpoint(second, price_in=Decimal(1), price_out=Decimal(2))
    second.script.usage = usage
    answer = ask()
    assert answer.tokens_estimated
    read = sum(len(message["content"]) for message in second.requests[0]["messages"])
    assert answer.tokens_in == -(-read // 4)
    assert answer.cost == Decimal(answer.tokens_in + 2 * answer.tokens_out) / 1_000_000
    made = present(answer, people.bob).made
    assert made is not None
    assert dict(made.rows)["Cost"].startswith("about ")


def test_what_failed_after_it_began_is_paid_too(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings
) -> None:
    settings.GENERATOR_PRICE_OUT, settings.GENERATOR_CURRENCY = Decimal(1), "EUR"
    model_server.script.pieces, model_server.script.usage = ["I cannot help with that."], USAGE
    add_endpoint(second, price_in=Decimal(1), currency="EUR")
    second.script.usage = USAGE
    answer = ask()
    # The first was cut off before it could count: six tokens by estimate.
    assert [(call["cost"], call["estimated"]) for call in answer.calls] == [("0.000006", True), ("0.001200", False)]
    assert (answer.cost, answer.currency) == (Decimal("0.001206"), "EUR")
    lines = {line.endpoint: (line.calls, line.failed, line.cost) for line in spending.this_month()}
    assert lines == {"openai:scripted": (1, 1, Decimal("0.000006")), "Second": (1, 0, Decimal("0.001200"))}


def test_a_strict_endpoint_is_asked_again_in_plain_words(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    add_endpoint(second)
    second.script.strict = True
    answer = ask()
    assert answer.degraded == ""
    assert set(second.requests[1]) == {"model", "messages", "stream", "max_tokens"}


def test_out_of_budget_the_priced_model_is_not_asked_and_quotes_answer(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    ModelBudget.objects.create(currency="EUR", monthly=Decimal("0.01"), warn_percent=50)
    add_endpoint(second, price_in=Decimal(5), currency="EUR")
    second.script.usage = USAGE  # 0.006 each
    assert ask().degraded == ""
    assert "models.budget_warning currency=EUR percent=60" in caplog.text
    assert ask().degraded == ""
    assert "models.budget_used_up currency=EUR percent=120" in caplog.text
    answer = ask()
    assert (answer.generator, answer.degraded) == ("quoting", "out_of_budget")
    assert "budget for language models is used up" in answer.notice
    assert quotes(answer) == ["The hotel limit is €145 per night, breakfast included."]
    assert len(second.requests) == 2

    Conversation.objects.all().delete()
    assert ask().degraded == "out_of_budget", "deleting conversations gives no money back"
    ModelSpending.objects.update(day=timezone.localdate().replace(day=1) - timedelta(days=1))
    assert ask().degraded == "", "a new month"


def test_out_of_budget_a_model_without_a_price_still_answers(
    model_server: ModelServer, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings
) -> None:
    ModelBudget.objects.create(currency="EUR", monthly=0)
    settings.GENERATOR_PRICE_IN = Decimal(1)
    add_endpoint(second, "House")
    answer = ask()
    assert (answer.endpoint, answer.degraded, model_server.requests) == ("House", "", [])
    assert "the month's budget is used up" in answer.notice


def test_the_question_about_a_follow_up_is_counted_too(
    model_server: ModelServer, shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, settings: Settings
) -> None:
    settings.GENERATOR_REWRITE_SECONDS = 10
    conversation = Conversation.objects.create(user=people.bob, title="Hotels")
    conversations.remember(conversation, QUESTION, "The hotel limit is €145 per night.")
    model_server.first = [Script(pieces=["What is the hotel limit per night in capital cities?"], usage=USAGE)]
    model_server.script.pieces = ["In capital cities the limit is €190 per night [1]."]
    model_server.script.usage = USAGE
    answer = asked(people.bob, "And in capital cities?", conversation)
    assert [call["purpose"] for call in answer.calls] == ["rewrite", "answer"]
    assert (answer.tokens_in, answer.tokens_out) == (2400, 80)


def test_spending_of_two_calls_at_once_is_added_up() -> None:
    for cost in ("0.1", "0.25"):
        call = Call("Second", "m-2", outcome="ok", tokens_in=3, cost=Decimal(cost), currency="EUR")
        spending.settle(call)
    line = spending.this_month()[0]
    assert (line.calls, line.tokens_in, line.cost) == (2, 6, Decimal("0.35"))


# --- Keys and prompts -----------------------------------------------------------------------------------------------


def test_keys_come_from_the_environment_or_a_file_by_name(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "provider").write_text("key-of-file\n")
    monkeypatch.setenv("FOOTNOTE_KEY_PROVIDER", "key-of-environment")
    row = add_endpoint(second, key_name="provider")
    ask()
    row.key_name = "FOOTNOTE_KEY_PROVIDER"
    row.save()
    ask()
    assert second.keys == ["Bearer key-of-file", "Bearer key-of-environment"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "FOOTNOTE_SECRET_KEY", "../secret_key", "/etc/passwd", "gone"])
def test_no_other_secret_can_be_named_as_a_key(
    name: str, second: ModelServer, add_endpoint: AddEndpoint, ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "the secret of another") if name.isupper() else None
    add_endpoint(second, key_name=name)
    answer = ask()
    assert (answer.generator, second.requests) == ("quoting", [])
    assert outcomes(answer) == [("Second", "no_key")]
    assert "key of the language model cannot be read" in answer.notice


def test_a_small_model_is_given_only_what_it_can_take_in(
    second: ModelServer, add_endpoint: AddEndpoint, ask: Asked
) -> None:
    row = add_endpoint(second)
    ask()
    whole = second.prompt()
    row.context_window, row.max_tokens = 1024, 500
    row.save()
    answer = ask()
    assert 0 < second.prompt().count("<passage ") < whole.count("<passage ")
    assert whole.startswith(second.prompt().split("<passage ")[0]), "the rules stay"
    assert "<question>" in second.prompt()
    assert answer.degraded == ""

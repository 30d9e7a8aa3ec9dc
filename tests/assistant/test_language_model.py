"""Answers by a language model that behaves, misbehaves, forges and fails; the answers stay right."""

from __future__ import annotations

import logging
import time
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.answering.events import Delta
from assistant.conversing import conversations
from assistant.errors import GeneratorUnavailable
from assistant.generators import get_generator
from assistant.models import Answer
from assistant.showing.presenting import present
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Grant
from tests.assistant.conftest import Asked, documents, quotes, run
from tests.assistant.model_server import ModelServer

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"


@pytest.fixture
def answered(
    shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer, asked: Asked
) -> SimpleNamespace:
    return SimpleNamespace(ask=lambda: asked(people.bob, QUESTION), server=model_server, bob=people.bob)


def degraded(answer: Answer) -> bool:
    """The designed state: passages quoted, all verbatim, with a notice."""
    assert answer.state == Answer.State.COMPLETE
    assert quotes(answer)
    assert {sentence["standing"] for sentence in answer.sentences} == {"supported"}
    assert "passages found" in answer.notice
    return answer.degraded == "generator_unavailable"


def number_of(server: ModelServer, words: str) -> int:
    """Under which number the prompt holds a passage with these words."""
    before = server.prompt().split(words)[0]
    return int(before.rsplit('<passage n="', 1)[1].split('"')[0])


def test_a_good_answer_is_tied_to_its_quotes(answered: SimpleNamespace) -> None:
    answered.server.script.pieces = ["The hotel limit ", "is €145 per night", " [1]", ".", " Have a good trip."]
    answered.ask()
    number = number_of(answered.server, "The hotel limit is €145")
    answered.server.script.pieces = ["The hotel limit ", "is €145 per ni", "ght [", f"{number}", "]."]
    answer = answered.ask()
    assert answer.state == Answer.State.COMPLETE
    assert answer.sentences == [
        {
            "text": "The hotel limit is €145 per night.", "standing": "supported", "reason": "", "citations": [1],
            "short": "",
        }
    ]
    assert quotes(answer) == ["The hotel limit is €145 per night, breakfast included."]
    assert answer.prompt_version
    assert answer.tokens_in
    assert answer.tokens_out


def test_only_supplied_passages_can_be_cited(answered: SimpleNamespace) -> None:
    answered.server.script.pieces = ["The hotel limit is €145 per night [77]. ", "The moon is cheese [4000][0]."]
    answer = answered.ask()
    assert quotes(answer) == ["The hotel limit is €145 per night, breakfast included."]
    moon = answer.sentences[1]
    assert moon["standing"] == "unsupported"
    assert moon["citations"] == []


def test_a_wrong_figure_is_not_shown_as_supported(answered: SimpleNamespace) -> None:
    answered.server.script.pieces = ["The hotel limit is €245 per night [1]."]
    answer = answered.ask()
    assert answer.sentences[0]["standing"] == "unsupported"


def test_a_model_that_finds_no_answer_abstains(answered: SimpleNamespace) -> None:
    answered.server.script.pieces = ["NO ", "ANSWER"]
    answer = answered.ask()
    assert answer.abstained
    assert answer.sentences == []


def test_the_prompt_holds_only_what_the_asker_may_see(answered: SimpleNamespace) -> None:
    answered.ask()
    assert "Larkwright" not in answered.server.prompt()
    assert "canary" not in answered.server.prompt()


@pytest.mark.parametrize(
    "fault",
    [
        {"statuses": [500, 500]},
        {"statuses": [401]},
        {"statuses": [429, 429], "headers": {"Retry-After": "0"}},
        {"statuses": [429], "headers": {"Retry-After": "3600"}},
        {"before": 20.0},
        {"pieces": []},
        {"pieces": [], "finish": "content_filter"},
        {"pieces": [], "raw": b"\xff\xfe\xfa\n"},
        {"pieces": [], "raw": b"data: {not json\n\n"},
        {"pieces": [], "done": False},
        {"pieces": [], "raw": b'data: {"error": {"message": "canary-key-5521"}}\n\n'},
        {"pieces": [], "raw": b'data: {"choices": 5}\n\ndata: []\n\ndata: {"choices": [null, {"delta": 3}]}\n\n'},
        {"pieces": ["  ", "\n", "**"]},
    ],
)
def test_a_model_that_says_nothing_leaves_the_passages(
    answered: SimpleNamespace, fault: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in fault.items():
        setattr(answered.server.script, name, value)
    began = time.monotonic()
    with caplog.at_level(logging.DEBUG):
        answer = answered.ask()
    assert degraded(answer)
    assert time.monotonic() - began < 30
    assert "canary" not in caplog.text
    assert "canary" not in answer.notice


def test_a_first_refusal_is_tried_once_more(answered: SimpleNamespace) -> None:
    answered.server.script.statuses = [503]
    answer = answered.ask()
    assert answer.degraded == ""
    assert len(answered.server.requests) == 2


def test_no_server_at_all(answered: SimpleNamespace, settings: Settings) -> None:
    settings.GENERATOR_URL = "http://127.0.0.1:9/v1"
    assert degraded(answered.ask())


@pytest.mark.parametrize(
    "fault",
    [
        {"done": False},
        {"hang_after": True},
        {"finish": "length"},
        {"finish": "content_filter"},
        {"endless": True, "between": 0.0},
        {"endless": True, "between": 0.05},
    ],
)
def test_a_broken_off_answer_keeps_its_whole_sentences_and_goes_on_in_quotes(
    answered: SimpleNamespace, fault: dict[str, object]
) -> None:
    script = answered.server.script
    script.pieces = ["Rail travel is in second class [1][2][3]. ", "Breakfast is incl"]
    for name, value in fault.items():
        setattr(script, name, value)
    began = time.monotonic()
    answer = answered.ask()
    half(answer)
    assert answer.sentences[0]["text"] == "Rail travel is in second class."
    assert not any(sentence["text"].endswith("incl") for sentence in answer.sentences)
    assert answer.sentences[-1]["text"] == "The hotel limit is €145 per night, breakfast included."
    assert answer.sentences[-1]["standing"] == "supported"
    assert time.monotonic() - began < 30


def half(answer: Answer) -> None:
    """The designed state: what was said is kept, the rest is quoted, and both are said."""
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, "half_answer")
    assert "said until then is kept" in answer.notice
    assert answer.generator == "openai:scripted"


def test_what_is_shown_already_is_not_quoted_again(answered: SimpleNamespace) -> None:
    script = answered.server.script
    script.pieces, script.done = ["The hotel limit is €145 per night, breakfast included [1]. ", "And"], False
    answered.ask()
    number = number_of(answered.server, "The hotel limit is €145")
    script.pieces = [f"The hotel limit is €145 per night, breakfast included [{number}]. ", "And"]
    answer = answered.ask()
    half(answer)
    texts = [sentence["text"] for sentence in answer.sentences]
    assert texts.count("The hotel limit is €145 per night, breakfast included.") == 1


def test_bad_text_in_mid_answer(answered: SimpleNamespace) -> None:
    good = b'data: {"choices": [{"delta": {"content": "The hotel limit is \\u20ac145 per night [1]. Then "}}]}\n\n'
    answered.server.script.pieces, answered.server.script.raw = [], good + b"data: \xff\xff\n\n"
    answer = answered.ask()
    half(answer)
    assert answer.sentences[0]["text"] == "The hotel limit is €145 per night."


def test_stop_closes_the_connection_and_keeps_what_was_said(
    shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. ", "More "]
    model_server.script.hang_after = True
    answer = conversations.ask(people.bob, QUESTION)
    for event in answering(answer.pk):
        if isinstance(event, Delta):
            Answer.objects.filter(pk=answer.pk).update(stop_requested=True)
    assert model_server.closed.wait(2)
    answer.refresh_from_db()
    assert answer.state == Answer.State.STOPPED
    assert "You stopped" in answer.notice


def test_access_lost_in_mid_answer_ends_it_and_withholds_it(
    shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. "] + ["And more. "] * 10
    model_server.script.between = 0.3
    answer = conversations.ask(people.bob, QUESTION)
    for event in answering(answer.pk):
        if isinstance(event, Delta):
            Grant.objects.filter(user=people.bob).delete()
    answer.refresh_from_db()
    assert answer.state == Answer.State.STOPPED
    view = present(answer, people.bob)
    assert view.withheld
    assert "€145" not in repr(view)


def test_a_deactivated_asker_is_not_answered_any_further(
    shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. "] * 12
    model_server.script.between = 0.3
    answer = conversations.ask(people.bob, QUESTION)
    for event in answering(answer.pk):
        if isinstance(event, Delta):
            User.objects.filter(pk=people.bob.pk).update(is_active=False)
    answer.refresh_from_db()
    assert answer.state == Answer.State.STOPPED
    assert len(answer.sentences) < 6


def test_too_little_evidence_never_reaches_the_model(
    shelf: SimpleNamespace, people: SimpleNamespace, model_server: ModelServer
) -> None:
    answer = conversations.ask(people.charlie, QUESTION)
    run(answer)
    answer.refresh_from_db()
    assert answer.abstained
    assert model_server.requests == []
    assert documents(answer) == set()


def test_the_key_is_sent_and_shown_nowhere(answered: SimpleNamespace) -> None:
    answered.ask()
    assert answered.server.keys == ["Bearer canary-key-5521"]
    assert "canary" not in repr(vars(get_generator()))
    assert "canary" not in str(GeneratorUnavailable("x", "y"))


def test_words_written_from_a_purged_passage_go_even_when_it_was_not_cited(
    answered: SimpleNamespace, shelf: SimpleNamespace, people: SimpleNamespace
) -> None:
    answer = answered.ask()
    assert shelf.leave not in documents(answer)
    delete_document(shelf.leave, people.alice)
    purge_deleted()
    answer.refresh_from_db()
    assert (answer.text, answer.sentences) == ("", [])
    assert present(answer, answered.bob).withheld

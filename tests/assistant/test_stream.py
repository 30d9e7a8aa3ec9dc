"""Following an answer over the real ASGI application."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from django.test import Client
from pytest_django import Settings

from assistant.conversing import conversations
from assistant.models import Answer, AnswerEvent
from assistant.streaming import running
from knowledge.models import Grant
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "What is the hotel limit per night?"
Event = tuple[int, str, dict[str, Any]]


@pytest.fixture
def site() -> Iterator[str]:
    """The product behind uvicorn, in a thread, so that it shares this test's database."""
    from config.asgi import application  # sets Django up on import, so not before pytest has

    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def browser(site: str, client: Client) -> httpx.Client:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return httpx.Client(base_url=site, cookies=cookies, timeout=20)


def follow(web: httpx.Client, answer: Answer, after: int = 0, most: int = 1000) -> list[Event]:
    """Events until the stream ends, or ``most`` of them."""
    events: list[Event] = []
    headers = {"Last-Event-ID": str(after)} if after else {}
    with web.stream("GET", f"/answers/{answer.pk}/events/", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        assert "no-cache" in response.headers["Cache-Control"]
        assert response.headers["X-Accel-Buffering"] == "no"
        fields: dict[str, str] = {}
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            fields[name] = value
            if not line and "event" in fields:
                events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
                if len(events) >= most:
                    break
    return events


def ended(answer: Answer) -> Answer:
    for _ in range(300):
        answer.refresh_from_db()
        if answer.finished_state:
            return answer
        time.sleep(0.05)
    raise AssertionError("the answer never ended")


def test_a_quoted_answer_streams_and_can_be_resumed(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, site: str
) -> None:
    answer = conversations.ask(people.bob, QUESTION)
    running.start(answer)
    with closing(browser(site, client_for(people.bob))) as web:
        events = follow(web, answer)
        kinds = [kind for _, kind, _ in events]
        assert kinds[0] == "step"
        assert kinds.index("citation") < kinds.index("sentence")
        assert kinds[-1] == "done"
        assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
        sentence = next(data for _, kind, data in events if kind == "sentence")
        assert sentence["text"].startswith("The hotel limit is €145")
        assert sentence["standing"] == "supported"
        assert "passages" not in sentence
        assert events[-1][2] == {"state": "complete", "url": f"/answers/{answer.pk}/"}
        assert follow(web, answer, after=3) == events[3:]
        AnswerEvent.objects.all().delete()
        assert [kind for _, kind, _ in follow(web, answer)] == ["done"]


def test_generated_text_arrives_before_it_is_checked(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, site: str, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel ", "limit is ", "€145 per ", "night [", "1]."]
    model_server.script.between = 0.15
    answer = conversations.ask(people.bob, QUESTION)
    running.start(answer)
    with closing(browser(site, client_for(people.bob))) as web:
        events = follow(web, answer)
    kinds = [kind for _, kind, _ in events]
    assert kinds.index("delta") < kinds.index("sentence")
    said = "".join(data["text"] for _, kind, data in events if kind == "delta")
    assert "[" not in said
    assert said.startswith("The hotel limit is €145 per night")


def test_strangers_find_no_stream(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, site: str
) -> None:
    answer = conversations.ask(people.bob, QUESTION)
    with closing(browser(site, client_for(people.alice))) as web:
        assert web.get(f"/answers/{answer.pk}/events/").status_code == 404
    with closing(httpx.Client(base_url=site)) as nobody:
        assert nobody.get(f"/answers/{answer.pk}/events/").status_code in {302, 404}


def test_access_lost_while_reading_along_ends_the_stream(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, site: str, model_server: ModelServer
) -> None:
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. "] + ["And so on, ever more. "] * 30
    model_server.script.between = 0.25
    model_server.script.then = lambda piece: Grant.objects.filter(user=people.bob).delete() if piece == 3 else None
    answer = conversations.ask(people.bob, QUESTION)
    running.start(answer)
    began = time.monotonic()
    with closing(browser(site, client_for(people.bob))) as web:
        events = follow(web, answer)
    assert events[-1][1] == "done"
    assert time.monotonic() - began < 6
    assert ended(answer).state == Answer.State.STOPPED


def test_an_answer_nobody_follows_is_stopped_and_its_model_let_go(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    client_for: ClientFor,
    site: str,
    model_server: ModelServer,
    settings: Settings,
) -> None:
    settings.ANSWER_FOLLOWER_GRACE_SECONDS = 1.0
    model_server.script.pieces = ["The hotel limit is €145 per night [1]. ", *(f"And {n} more. " for n in range(200))]
    model_server.script.between = 0.2
    settings.GENERATOR_TOTAL_SECONDS = 20.0
    answer = conversations.ask(people.bob, QUESTION)
    running.start(answer)
    with closing(browser(site, client_for(people.bob))) as web:
        follow(web, answer, most=4)
    assert ended(answer).state == Answer.State.STOPPED
    assert "nobody was reading" in answer.notice
    assert answer.sentences
    assert model_server.closed.wait(3)

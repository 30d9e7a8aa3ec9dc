"""What one person may use at a time: counted in a real broker, shown with the time to come back at, and counted by
the process alone while the broker is away."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts import counters, limits
from accounts.counters import BrokerCounter, Counter, LocalCounter, SafeCounter, client_url
from accounts.limits import Stream, TooMuch, Use, charge, spend
from assistant.models import Answer, Conversation, Turn
from assistant.streaming import running
from config import broker
from config.broker import EmbeddedValkey
from ingest.errors import UploadRefused
from knowledge.models import Collection, Document
from tests.conftest import ClientFor, MakeDocument

HOUR = 3_600_000  # no test waits for it


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real broker of its own; gives its address."""
    home = tmp_path_factory.mktemp("home")
    server = EmbeddedValkey(home)
    server.start()
    yield broker.url(home)
    server.stop()


@pytest.fixture
def shared(valkey: str, settings: Settings) -> BrokerCounter:
    """The broker as the product uses it, with nothing counted yet."""
    settings.REDIS_URL = valkey
    counters.forget()
    counter = BrokerCounter(valkey)
    counter._client.flushall()
    return counter


@pytest.fixture(params=["broker", "process"])
def counter(request: pytest.FixtureRequest, shared: BrokerCounter) -> Counter:
    return shared if request.param == "broker" else LocalCounter()


def test_a_bucket_holds_its_window_and_says_how_long_to_wait(counter: Counter) -> None:
    waits = [counter.fill("alice", HOUR, HOUR / 5, False) for _ in range(6)]
    assert waits[:5] == [0] * 5
    assert HOUR / 5 * 0.9 < waits[5] <= HOUR / 5, "one use comes back after a fifth of the window"
    assert counter.fill("bob", HOUR, HOUR / 5, False) == 0, "Bob has a bucket of his own"


def test_what_is_refused_is_not_counted_and_what_is_charged_is(counter: Counter) -> None:
    assert counter.fill("alice", HOUR, HOUR, False) == 0
    first = counter.fill("alice", HOUR, HOUR / 2, False)
    assert counter.fill("alice", HOUR, HOUR / 2, False) <= first
    assert counter.fill("alice", HOUR, HOUR, True) == 0
    assert counter.fill("alice", HOUR, HOUR / 2, False) > first


def test_leases_are_held_renewed_and_given_back(counter: Counter) -> None:
    assert [counter.hold("alice", 2, HOUR, name) for name in ("a", "b", "c", "a")] == [True, True, False, True]
    counter.release("alice", "a")
    assert counter.hold("alice", 2, HOUR, "c")
    assert not counter.hold("alice", 2, HOUR, "a")


def test_a_lease_nobody_renews_ends(counter: Counter) -> None:
    assert counter.hold("alice", 1, 1, "a")
    threading.Event().wait(0.05)
    assert counter.hold("alice", 1, HOUR, "b")


def test_processes_count_together_and_exactly(valkey: str, shared: BrokerCounter) -> None:
    """Forty at once over eight connections: as many get through as may."""
    processes = [BrokerCounter(valkey) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda n: processes[n % 8].fill("alice", HOUR, HOUR / 10, False) == 0, range(40)))
        held = list(pool.map(lambda n: processes[n % 8].hold("bob", 2, HOUR, str(n)), range(40)))
    assert sum(passed) == 10
    assert sum(held) == 2


def test_limits_go_on_when_the_broker_is_away_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "_AWAY_SECONDS", 0.0)
    caplog.set_level(logging.WARNING)
    server = EmbeddedValkey(tmp_path)
    safe = SafeCounter(BrokerCounter(broker.url(tmp_path)))
    assert [safe.fill("alice", HOUR, HOUR / 2, False) > 0 for _ in range(3)] == [False, False, True]
    assert safe.hold("alice", 1, HOUR, "a")
    assert not safe.hold("alice", 1, HOUR, "b")
    said = [record.getMessage() for record in caplog.records if record.name == "footnote.limits"]
    assert len(said) == 1
    assert said[0].startswith("limits.local")
    assert str(tmp_path) not in said[0]
    server.start()
    try:
        assert safe.fill("alice", HOUR, HOUR / 2, False) == 0
        assert caplog.records[-1].getMessage().startswith("limits.shared")
    finally:
        server.stop()
    assert [safe.fill("alice", HOUR, HOUR / 2, False) > 0 for _ in range(2)] == [True, True]


@pytest.mark.parametrize(
    ("celery", "client"),
    [
        ("redis+socket:///srv/a/valkey.sock", "unix:///srv/a/valkey.sock"),
        ("redis+socket:///srv/a.sock?virtual_host=3", "unix:///srv/a.sock?db=3"),
        ("valkeys://:words@queue.example.org:6380/1", "rediss://:words@queue.example.org:6380/1"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
    ],
)
def test_the_brokers_address_is_read_as_celery_writes_it(celery: str, client: str) -> None:
    assert client_url(celery) == client


def test_a_limit_of_nought_is_none(settings: Settings, shared: BrokerCounter) -> None:
    settings.LIMITS = {**settings.LIMITS, "questions": (0, 60), "uploads": (2, 60)}
    for _ in range(50):
        spend(1, Use.QUESTIONS)
    charge(1, Use.QUESTIONS, 10**9)
    spend(1, Use.UPLOADS, 100)  # more than ever fits goes in as a full bucket
    with pytest.raises(TooMuch):
        spend(1, Use.UPLOADS)


def test_times_are_said_in_words_people_use() -> None:
    said = [limits.when(seconds) for seconds in (1, 40, 300, 7300)]
    assert said == [
        "Try again in a second.",
        "Try again in 40 seconds.",
        "Try again in 5 minutes.",
        "Try again in 3 hours.",
    ]


# --- as people meet them ---------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers stay where they are put: these stories are about being let in."""
    monkeypatch.setattr(running, "_submit", lambda answer_id: None)


def come_back(response: object) -> int:
    """Checks that a refusal says when to come back. Gives the seconds."""
    page = response.content.decode()  # type: ignore[attr-defined]
    seconds = int(response["Retry-After"])  # type: ignore[index]
    assert response.status_code == 429  # type: ignore[attr-defined]
    assert seconds >= 1
    assert "Try again in" in page
    return seconds


@pytest.mark.django_db(transaction=True)
def test_bob_asks_too_often_and_alice_does_not_notice(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings, shared: BrokerCounter, nothing_runs: None
) -> None:
    settings.LIMITS = {**settings.LIMITS, "questions": (3, 60)}
    bob = client_for(people.bob)
    codes = []
    for _ in range(6):
        response = bob.post("/ask/", {"question": "How long is the warranty?"})
        codes.append(response.status_code)
        Answer.objects.update(state=Answer.State.COMPLETE)
    assert codes == [302, 302, 302, 429, 429, 429]
    assert come_back(response) <= 20
    assert "How long is the warranty?" in response.content.decode(), "what Bob wrote is still in the form"
    assert Turn.objects.count() == 3, "a refused question leaves no row"
    assert client_for(people.alice).post("/ask/", {"question": "And this?"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_however_they_are_asked_for(
    people: SimpleNamespace, client_for: ClientFor, shared: BrokerCounter, nothing_runs: None
) -> None:
    """Eight windows of Bob's ask in the same moment."""
    browsers = [client_for(people.bob) for _ in range(8)]
    start = threading.Barrier(8)

    def ask(browser: Client) -> int:
        start.wait(20)
        try:
            response = browser.post("/ask/", {"question": "How long is the warranty?"})
        finally:
            from django.db import connection

            connection.close()
        return response.status_code

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(ask, browsers))
    assert codes == [302] * 2 + [429] * 6
    assert Answer.objects.count() == 2
    refused = browsers[0].post("/ask/", {"question": "One more?"}, headers={"X-Requested-With": "fetch"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1


@pytest.mark.django_db(transaction=True)
def test_the_budget_of_tokens_is_used_up_and_comes_back_by_itself(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings, shared: BrokerCounter, nothing_runs: None
) -> None:
    settings.LIMITS = {**settings.LIMITS, "tokens": (1000, 86_400)}
    turn = Turn.objects.create(conversation=Conversation.objects.create(user=people.bob), question="?")
    answer = Answer.objects.create(turn=turn, state=Answer.State.COMPLETE, tokens_in=1200, tokens_out=300)
    running._charge(answer.pk)
    response = client_for(people.bob).post("/ask/", {"question": "How long is the warranty?"})
    assert 40_000 < come_back(response) <= 43_300, "half a day's budget over: half a day to wait"
    assert client_for(people.alice).post("/ask/", {"question": "How long?"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_when_everybody_asks_nobody_waits_for_ever(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "waiting", lambda: settings.ANSWER_QUEUE)
    response = client_for(people.bob).post("/ask/", {"question": "How long is the warranty?"})
    assert come_back(response) == 15
    assert not Turn.objects.exists()


@pytest.mark.django_db
def test_uploads_are_counted_by_the_hour_and_by_their_bytes(
    people: SimpleNamespace, team: Collection, client_for: ClientFor, settings: Settings, shared: BrokerCounter
) -> None:
    settings.LIMITS = {**settings.LIMITS, "uploads": (2, 3600), "bytes": (10_000, 86_400)}
    alice = client_for(people.alice)

    def send(name: str, script: bool) -> object:
        headers = {"X-Requested-With": "fetch"} if script else {}
        form = {"collection": team.pk, "file": SimpleUploadedFile(name, name.encode() * 20)}
        return alice.post("/upload/files/", form, headers=headers)

    assert [send(name, True).status_code for name in ("a.md", "b.md", "c.md")] == [201, 201, 429]  # type: ignore[attr-defined]
    refused = send("d.md", True)
    assert int(refused["Retry-After"]) <= 1800  # type: ignore[index]
    assert "an hour" in refused.json()["message"]  # type: ignore[attr-defined]
    assert come_back(send("e.md", False)) <= 1800
    settings.LIMITS = {**settings.LIMITS, "uploads": (0, 3600), "bytes": (70, 86_400)}
    assert "in a day" in send("f.md", True).json()["message"]  # type: ignore[attr-defined]
    assert Document.objects.count() == 2


@pytest.mark.django_db
def test_a_quota_of_bytes_holds_for_a_person_and_for_a_collection(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, settings: Settings
) -> None:
    settings.QUOTA_COLLECTION_BYTES = 100
    first = make_document(team, "a.md", b"a" * 60, by=people.alice)
    with pytest.raises(UploadRefused, match="is full") as refused:
        make_document(team, "b.md", b"b" * 60, by=people.alice)
    assert refused.value.status == 507
    Document.objects.filter(pk=first.pk).update(deleted="2026-01-01T00:00:00Z")
    make_document(team, "b.md", b"b" * 60, by=people.alice)
    settings.QUOTA_COLLECTION_BYTES, settings.QUOTA_PERSON_BYTES = 0, 100
    with pytest.raises(UploadRefused, match="as much as one person may"):
        make_document(team, "c.md", b"c" * 60, by=people.alice)


@pytest.mark.django_db
def test_pages_are_refused_with_a_page_when_a_program_pulls_at_them(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings, shared: BrokerCounter
) -> None:
    settings.LIMITS = {**settings.LIMITS, "requests": (5, 60)}
    charlie = client_for(people.charlie)
    responses = [charlie.get("/documents/") for _ in range(7)]
    assert [response.status_code for response in responses] == [200] * 5 + [429] * 2
    assert come_back(responses[-1]) <= 12
    assert re.search(r"Come back at <time[^>]*>\d\d:\d\d:\d\d</time>", responses[-1].content.decode())
    assert "no-store" in responses[-1]["Cache-Control"]
    part = charlie.get("/conversations/", headers={"HX-Request": "true"})
    assert part["Content-Type"].startswith("text/plain"), "not a whole page inside of a page"
    assert client_for(people.bob).get("/documents/").status_code == 200


@pytest.mark.django_db
def test_a_person_has_so_many_streams(
    people: SimpleNamespace, client_for: ClientFor, settings: Settings, shared: BrokerCounter
) -> None:
    settings.STREAMS_AT_ONCE = 2
    turn = Turn.objects.create(conversation=Conversation.objects.create(user=people.bob), question="?")
    answer = Answer.objects.create(turn=turn)
    held = [Stream(people.bob.pk), Stream(people.bob.pk)]
    for stream in held:
        stream.open()
    bob = client_for(people.bob)
    refused = bob.get(f"/answers/{answer.pk}/events/")
    assert come_back(refused) == 5
    held[0].close()
    opened = bob.get(f"/answers/{answer.pk}/events/")
    assert opened.status_code == 200
    assert opened["Content-Type"] == "text/event-stream"

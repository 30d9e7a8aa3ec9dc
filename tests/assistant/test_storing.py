"""Events of several answers are stored together, and what is wrong with one of them is nobody else's."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection
from django.db.models import Model

from assistant.conversing import conversations
from assistant.models import AnswerEvent
from assistant.streaming.storing import EventStore

QUESTION = "When is lunch?"
pytestmark = pytest.mark.django_db(transaction=True)


def kept_at_once(store: EventStore, events: list[AnswerEvent]) -> list[Future[None]]:
    """All are handed in before the first is stored."""
    ready = threading.Barrier(len(events))

    def keep(event: AnswerEvent) -> None:
        ready.wait()
        try:
            store.keep(event, gather=0.3)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(events)) as threads:
        return [threads.submit(keep, event) for event in events]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events each statement stored."""
    stored: list[int] = []
    together, alone = type(AnswerEvent.objects).bulk_create, Model.save

    def bulk_create(manager: object, rows: list[AnswerEvent]) -> object:
        made = together(manager, rows)
        stored.append(len(rows))
        return made

    def save(row: Model, **named: bool) -> None:
        alone(row, **named)
        stored.append(1)

    monkeypatch.setattr(type(AnswerEvent.objects), "bulk_create", bulk_create)
    monkeypatch.setattr(AnswerEvent, "save", save)
    return stored


def test_events_that_come_at_once_are_stored_at_once(
    shelf: SimpleNamespace, people: SimpleNamespace, commits: list[int]
) -> None:
    answer = conversations.ask(people.bob, QUESTION)
    events = [AnswerEvent(answer=answer, seq=number, kind="delta", data={"text": str(number)}) for number in range(12)]
    for done in kept_at_once(EventStore(), events):
        done.result()
    assert max(commits) > 1
    assert sum(commits) == 12
    assert sorted(answer.events.values_list("seq", flat=True)) == list(range(12))


def test_an_event_that_cannot_be_stored_takes_none_along(
    shelf: SimpleNamespace, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conversation was deleted while its answer was made; what was to be stored with its event is stored all the
    same, also when another process has been given the ids of the attempt meanwhile."""
    answer, elsewhere = (conversations.ask(person, QUESTION) for person in (people.bob, people.alice))
    events = [AnswerEvent(answer=answer, seq=number, kind="delta", data={"text": str(number)}) for number in range(8)]
    gone = [AnswerEvent(answer_id=uuid.uuid4(), seq=0, kind="delta", data={}) for _ in range(2)]
    together, taken = type(AnswerEvent.objects).bulk_create, list[AnswerEvent]()

    def bulk_create(manager: object, rows: list[AnswerEvent]) -> object:
        try:
            return together(manager, rows)
        except IntegrityError:
            for row in rows if len(rows) > 1 else []:
                taken.append(AnswerEvent(pk=row.pk, answer=elsewhere, seq=100 + len(taken), kind="delta", data={}))
                taken[-1].save(force_insert=True)
            raise

    monkeypatch.setattr(type(AnswerEvent.objects), "bulk_create", bulk_create)
    results = Counter(type(done.exception()) for done in kept_at_once(EventStore(), [*gone, *events]))
    assert len(taken) > 1, "they were tried together"
    assert results == {IntegrityError: 2, type(None): 8}
    kept = list(answer.events.order_by("seq").values_list("seq", "data"))
    assert kept == [(number, {"text": str(number)}) for number in range(8)]
    assert elsewhere.events.count() == len(taken)

"""Acceptance 33: the broker is killed, restarted and flushed mid-work; nothing is stuck, the chat answers."""

from __future__ import annotations

import logging
import os
import random
import signal
import time
from types import SimpleNamespace

import pytest
from kombu import Connection

from assistant.models import Answer
from config.broker import url
from ingest.models import IngestJob
from knowledge.models import Collection, Passage
from knowledge.verification import verify
from tests.faults.house import House, all_ended, ask, pages_of, upload

pytestmark = pytest.mark.slow
SEED = 33
figures = logging.getLogger("tests.figures")


def flush(house: House) -> None:
    with Connection(url(house.home)) as connection:
        connection.default_channel.client.flushall()


def kill(house: House) -> None:
    process = house.broker.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def harm(house: House, how: str) -> None:
    """The broker is away for a moment, comes back with its messages or with none."""
    if how != "flushed":
        kill(house)
        time.sleep(0.5)
        house.broker.start()
    if how != "restarted":
        flush(house)


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.full)])
def test_workers_go_on_after_a_broker_that_was_killed_restarted_or_flushed(
    house: House, people: SimpleNamespace, team: Collection, times: int
) -> None:
    chance = random.Random(SEED)
    pulse = house.faults / "pulse"
    house.start_worker(FOOTNOTE_PULSE=str(pulse))
    upload(people.alice, team, "first.md", pages_of("first"))
    house.wait(all_ended)
    longest = 0.0
    for turn in range(times):
        names = [f"turn-{turn}-{n}.md" for n in range(3)]
        for name in names:
            upload(people.alice, team, name, pages_of(name, 2))
        time.sleep(chance.uniform(0, 1))
        harm(house, ("restarted", "flushed", "restarted and flushed")[turn % 3])
        back, when = time.monotonic(), time.time()
        late = f"late-{turn}.md"
        upload(people.alice, team, late, pages_of(late, 2))
        assert ask(people.bob, "When is room 1 of first cleaned?").state == Answer.State.COMPLETE
        house.wait(lambda late=late: all_ended([late]))
        assert pulse.stat().st_mtime > when, "it shows the supervisor that it lives"
        longest = max(longest, time.monotonic() - back)
    house.wait(all_ended)
    figures.info("longest wait after the broker was back: %.0f s", longest)
    assert set(IngestJob.objects.values_list("state", flat=True)) == {"done"}
    assert all(worker.poll() is None for worker in house.workers), "they went on by themselves"
    assert Passage.objects.count() == 3 + times * 8
    assert verify().differences == []


def test_a_file_and_a_question_find_their_way_while_the_broker_is_away(
    house: House, people: SimpleNamespace, team: Collection
) -> None:
    kill(house)
    accepted = upload(people.alice, team, "alone.md", pages_of("alone"))
    assert not accepted.sent
    assert ask(people.bob, "When is room 1 of first cleaned?").state == Answer.State.COMPLETE
    house.start_worker()  # it waits for the broker
    house.broker.start()
    house.wait(all_ended)
    assert IngestJob.objects.get().state == "done"

"""What is told inside the process is passed on only while nothing is missing and the answer goes on."""

from __future__ import annotations

import asyncio
import threading
import uuid

import pytest

from assistant.streaming.bell import Bell, Told

ONE: Told = (1, "step", {"text": "Searched"})
TWO: Told = (2, "delta", {"text": "The "})
THREE: Told = (3, "done", {"state": "complete"})


@pytest.mark.parametrize(
    ("told", "last", "taken"),
    [
        ([ONE, TWO], 0, [ONE, TWO]),
        ([ONE, TWO], 1, [TWO]),
        ([TWO], 0, []),  # the first is missing: it is looked up
        ([ONE, TWO], 2, []),
        ([TWO, THREE], 1, []),  # how it ended is looked up, and what came just before it
    ],
)
def test_a_follower_takes_what_follows_and_looks_up_the_rest(told: list[Told], last: int, taken: list[Told]) -> None:
    async def follow() -> None:
        bell, answer = Bell(), uuid.uuid4()
        with bell.listening(answer) as ear:
            for one in told:
                worker = threading.Thread(target=bell.ring, args=(answer, one))
                worker.start()
                await asyncio.to_thread(worker.join)
            bell.ring(uuid.uuid4(), ONE)  # somebody else's
            await ear.wait(5)
            assert ear.take(last) == taken
            assert ear.take(last) == [], "once"

    asyncio.run(follow())

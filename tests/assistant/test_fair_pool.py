"""Threads go round by person: told by order and counts, never by the clock."""

from __future__ import annotations

import threading
from functools import partial

from assistant.streaming.fair_pool import FairPool

MALLORY, ALICE, BOB, CHARLIE = range(4)


def test_whoever_waits_is_served_before_anybody_is_served_twice() -> None:
    pool, gate, served = FairPool(1, "fair"), threading.Event(), []
    pool.submit(-1, partial(gate.wait, 30))  # so that everything below waits
    futures = [pool.submit(MALLORY, partial(served.append, ("mallory", n))) for n in range(50)]
    for person, name in ((ALICE, "alice"), (BOB, "bob"), (CHARLIE, "charlie")):
        futures += [pool.submit(person, partial(served.append, (name, n))) for n in range(2)]
    assert pool.waiting() >= 56
    gate.set()
    for future in futures:
        future.result(30)
    assert pool.waiting() == 0
    assert served[:4] == [("mallory", 0), ("alice", 0), ("bob", 0), ("charlie", 0)]
    assert served[4:8] == [("mallory", 1), ("alice", 1), ("bob", 1), ("charlie", 1)]
    assert [n for name, n in served if name == "mallory"] == list(range(50)), "one's own work stays in order"


def test_the_place_of_others_does_not_depend_on_how_much_one_person_hands_in() -> None:
    """With one abuser and with a hundredfold one, Alice's tenth question is served at the same place."""

    def place_of_alice(handed_in: int) -> int:
        pool, gate, served = FairPool(1, "fair"), threading.Event(), []
        pool.submit(-1, partial(gate.wait, 30))
        futures = [pool.submit(MALLORY, partial(served.append, "mallory")) for _ in range(handed_in)]
        futures += [pool.submit(ALICE, partial(served.append, "alice")) for _ in range(10)]
        gate.set()
        for future in futures:
            future.result(30)
        return max(place for place, name in enumerate(served) if name == "alice")

    assert place_of_alice(10) == place_of_alice(1000) == 19


def test_work_that_fails_does_not_take_a_thread_with_it() -> None:
    pool, served = FairPool(1, "fair"), []

    def fail() -> None:
        raise ValueError

    futures = [pool.submit(MALLORY, fail) for _ in range(5)]
    futures.append(pool.submit(ALICE, partial(served.append, "alice")))
    for future in futures:
        future.exception(30)
    assert served == ["alice"]

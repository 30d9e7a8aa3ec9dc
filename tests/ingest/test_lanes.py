"""Who goes where, and who is next."""

from __future__ import annotations

import threading
import time
from itertools import groupby

from ingest.lanes import LONG, QUICK, QUICK_BYTES, lane_for, turn_to_embed

TURNS = 20


def test_a_file_goes_by_its_size() -> None:
    assert (lane_for(0), lane_for(QUICK_BYTES), lane_for(QUICK_BYTES + 1)) == (QUICK, QUICK, LONG)


def test_whoever_waits_has_the_next_turn_and_only_one_has_it() -> None:
    order: list[str] = []
    inside = threading.Semaphore(1)
    both = threading.Barrier(2)

    def work(name: str) -> None:
        both.wait()
        for _ in range(TURNS):
            with turn_to_embed():
                assert inside.acquire(blocking=False)
                order.append(name)
                time.sleep(0.01)  # the other one comes to wait meanwhile
                inside.release()

    workers = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(order) == 2 * TURNS
    assert max(len(list(run)) for _, run in groupby(order)) <= TURNS // 3

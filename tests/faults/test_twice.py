"""Acceptance 34: every task comes twice and at the same time, to workers whose clocks are an hour off."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db.models import Count

from config.celery import app
from ingest.models import IngestJob
from ingest.tasks import process
from knowledge.models import Collection, Document, Page, Passage
from knowledge.verification import verify
from tests.faults.house import LONG, QUICK, House, all_ended, pages_of, upload
from tests.faults.signature import signature

pytestmark = pytest.mark.slow


def send_twice(jobs: list[IngestJob]) -> None:
    with app.connection_for_write() as connection:
        for job in jobs:
            for queue in (QUICK, LONG):
                process.apply_async((str(job.pk),), producer=connection.Producer(), queue=queue, priority=3)


def test_double_delivery_to_workers_with_wrong_clocks_ends_like_one(
    house: House, people: SimpleNamespace, team: Collection
) -> None:
    """One worker's clock is an hour ahead, the other one's an hour behind, and both get every message."""
    house.start_worker(QUICK, CLOCK="3600", VISIBILITY="5")
    house.start_worker(LONG, beat=False, CLOCK="-3600", VISIBILITY="5")
    size = 12
    accepted = [upload(people.alice, team, f"file-{n}.md", pages_of(f"file {n}", 5), send=False) for n in range(size)]
    jobs = [one.job for one in accepted if one.job is not None]
    send_twice(jobs)
    house.wait(all_ended)
    send_twice(jobs)  # and once more when all is done
    again = [upload(people.alice, team, f"file-{n}.md", pages_of(f"again {n}", 4), send=False) for n in range(size)]
    send_twice([one.job for one in again if one.job is not None])
    house.wait(all_ended)

    assert IngestJob.objects.filter(state="done").count() == 2 * size
    assert all(
        signature(document)[:2] == (2, 4) and signature(document).searched for document in Document.objects.all()
    )
    assert Passage.objects.count() == size * 9
    for rows, key in ((Passage, "ordinal"), (Page, "number")):
        assert list(rows.objects.values("version", key).annotate(n=Count("pk")).filter(n__gt=1)) == []
    assert verify().differences == []


@pytest.mark.parametrize("clock", ["3600", "-3600"])
def test_a_clock_that_is_wrong_neither_takes_a_job_from_its_worker_nor_keeps_a_dead_ones(
    house: House, people: SimpleNamespace, team: Collection, clock: str
) -> None:
    """Ahead by an hour, every lease would look over; behind, none ever would."""
    upload(people.alice, team, "long.md", pages_of("long"))
    house.order("embed-done", "wait")
    first = house.start_worker(QUICK)
    house.wait(lambda: house.met("embed-done"))
    lease = IngestJob.objects.get().lease_token
    second = house.start_worker(f"{QUICK},{LONG}", CLOCK=clock)
    house.let_go("embed-done")
    house.wait(all_ended)
    job = IngestJob.objects.get()
    assert (job.state, lease != "") == ("done", True)
    assert second.poll() is None

    upload(people.alice, team, "left.md", pages_of("left"))
    house.order("commit-rows", "kill", file="left.md")
    house.wait(all_ended)
    assert sum(worker.poll() is not None for worker in (first, second)) == 1
    assert IngestJob.objects.get(version__filename="left.md").attempts == 2
    assert verify().differences == []

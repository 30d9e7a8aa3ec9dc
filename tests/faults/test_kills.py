"""Acceptance 31: ``kill -9`` at every named step and at random moments costs time and nothing else."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db.models import Count

from ingest.models import IngestJob
from knowledge import projection
from knowledge.models import Collection, Document, DocumentVersion, Passage
from knowledge.repairing import repair
from knowledge.verification import SETTLED_SECONDS, verify
from tests.faults.house import House, all_ended, pages_of, upload
from tests.faults.signature import Signature, signature

pytestmark = pytest.mark.slow
WORKING = (
    *("extract-begun", "extract-half", "extract-done", "chunk-done", "embed-half", "embed-done"),
    *("commit-rows", "publish-begun", "publish-text", "publish-done", "commit-last", "commit-done"),
    *("index-files", "index-written"),
)


RANDOM_SEED = 5
# The others lose only the process at work, which comes back sooner. The full run kills whole workers everywhere.
WHOLE_WORKERS = {"commit-rows"}


def sound() -> None:
    """Nothing lost, nothing twice, every copy in step with the rows."""
    assert list(DocumentVersion.objects.exclude(state="ready")) == []
    assert set(IngestJob.objects.values_list("state", flat=True)) == {"done"}
    twice = Passage.objects.values("version", "ordinal").annotate(n=Count("pk")).filter(n__gt=1)
    assert list(twice) == []
    assert verify().differences == []
    projection.forget_projection()  # as a process that begins now
    assert verify().differences == []


def new_versions(house: House, people: SimpleNamespace, team: Collection, names: list[str]) -> dict[str, Document]:
    """Documents whose first version is ready, and on whose second one nobody has begun to work."""
    house.start_worker()
    documents = {}
    for name in names:
        documents[name] = upload(people.alice, team, f"{name}.md", pages_of(f"old {name}", 2)).document
    house.wait(all_ended)
    return documents


def killed_at_every_step(house: House, people: SimpleNamespace, team: Collection, whole: set[str]) -> None:
    """Each document's second version dies once, at a step of its own; the first one answers until it is ready."""
    documents = new_versions(house, people, team, list(WORKING))
    old = {step: signature(documents[step]) for step in WORKING}
    assert all(one.version == 1 and one.searched for one in old.values())
    for step in WORKING:
        do = "kill" if step in whole else "die"
        house.order(step, do, file="" if step.startswith("index") else f"{step}.md")
    for step in WORKING:
        upload(people.alice, team, f"{step}.md", pages_of(f"new {step}", 3))
    seen: dict[str, set[Signature]] = {step: set() for step in WORKING}
    looked: set[str] = set()

    def look() -> None:
        for step in {step for step in WORKING if house.met(step)} - looked:
            looked.add(step)
            seen[step].add(signature(documents[step]))
        house.keep_a_worker()

    house.wait(lambda: all_ended() and looked == set(WORKING), look)
    for step in WORKING:
        new = signature(documents[step])
        assert new.version == 2 and new.passages == 3 and new.searched
        assert seen[step] <= {old[step], new}, step
    assert IngestJob.objects.filter(attempts__gt=1).count() >= len(WORKING) - 3  # those that died with work undone
    sound()


def test_a_process_killed_at_any_named_step_loses_and_doubles_nothing(
    house: House, people: SimpleNamespace, team: Collection
) -> None:
    killed_at_every_step(house, people, team, WHOLE_WORKERS)


@pytest.mark.full
def test_a_worker_killed_at_any_named_step_loses_and_doubles_nothing(
    house: House, people: SimpleNamespace, team: Collection
) -> None:
    killed_at_every_step(house, people, team, set(WORKING))


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.full)])
def test_a_worker_killed_at_random_moments_loses_and_doubles_nothing(
    house: House, people: SimpleNamespace, team: Collection, kills: int
) -> None:
    """A new version of the document for each kill; one that is through before its kill is followed by the next."""
    chance = random.Random(RANDOM_SEED)
    document = new_versions(house, people, team, ["book"])["book"]
    old, killed, number = signature(document), 0, 1
    while killed < kills:
        number += 1
        job = upload(people.alice, team, "book.md", pages_of(f"version {number}", 40)).job
        assert job is not None
        rows = IngestJob.objects.filter(pk=job.pk)
        house.wait(lambda rows=rows: rows.get().state != "queued", house.keep_a_worker)
        time.sleep(chance.uniform(0, 1.5))
        working = rows.get().state == "running"
        house.kill(house.workers[-1])
        killed += working
        at_death = signature(document)
        house.wait(lambda rows=rows: rows.get().state == "done", house.keep_a_worker)
        new = signature(document)
        assert (new.version, new.passages, new.searched) == (number, 40, True)
        assert at_death in {old, new}
        old = new
    sound()


@pytest.mark.parametrize(
    "step",
    ["save-file", *(pytest.param(step, marks=pytest.mark.full) for step in ("save-begun", "save-done"))],
)
def test_an_upload_killed_while_it_is_saved_is_there_or_not_there(
    house: House, people: SimpleNamespace, team: Collection, tmp_path: Path, step: str
) -> None:
    """Whoever uploads again finds one document; what the dead process left of its file is set aside, not kept."""
    page = tmp_path / "lunch.md"
    page.write_text(pages_of("lunch"))
    house.order(step, "die")
    line = ("ingest", str(page), "--collection", "Team", "--as", "alice", "--json", "--inline")
    assert house.command(*line).returncode == -signal.SIGKILL
    known = Document.objects.count()
    assert known == (1 if step == "save-done" else 0)
    house.start_worker()
    house.wait(all_ended)
    upload(people.alice, team, "lunch.md", pages_of("lunch"))
    house.wait(all_ended)
    document = Document.objects.get()
    assert signature(document).passages == 3
    assert DocumentVersion.objects.count() == 1
    for path in (house.home / "files").rglob("*"):
        long_ago = time.time() - 2 * SETTLED_SECONDS  # a young one may be an upload that is being saved
        os.utime(path, (long_ago, long_ago))
    orphans = [words for words in verify().differences if "belongs to no version" in words]
    assert len(orphans) == (1 if step == "save-file" else 0)
    repair()
    sound()

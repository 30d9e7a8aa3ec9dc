"""Acceptance 31: ``kill -9`` at every named step and at random moments costs time and nothing else."""

from __future__ import annotations

import random
import time
from types import SimpleNamespace

import pytest
from django.db.models import Count

from ingest.models import IngestJob
from knowledge import projection
from knowledge.models import Collection, Document, DocumentVersion, Passage
from knowledge.verification import verify
from tests.faults.house import House, all_ended, pages_of, upload
from tests.faults.signature import NOTHING, Signature, signature

pytestmark = pytest.mark.slow
WORKING = (
    *("extract-begun", "extract-half", "extract-done", "chunk-done", "embed-half", "embed-done"),
    *("commit-rows", "publish-begun", "publish-text", "publish-done", "commit-last", "commit-done"),
    *("index-files", "index-written"),
)


def sound() -> None:
    """Nothing lost, nothing twice, every copy in step with the rows."""
    assert list(DocumentVersion.objects.exclude(state="ready")) == []
    assert set(IngestJob.objects.values_list("state", flat=True)) == {"done"}
    twice = Passage.objects.values("version", "ordinal").annotate(n=Count("pk")).filter(n__gt=1)
    assert list(twice) == []
    assert verify().differences == []
    projection.forget_projection()  # as a process that begins now
    assert verify().differences == []


def test_a_worker_killed_at_any_named_step_loses_and_doubles_nothing(
    house: House, people: SimpleNamespace, team: Collection
) -> None:
    """Each document dies once, at a step of its own; its first version answers until the second one does."""
    old: dict[str, Signature] = {}
    documents: dict[str, Document] = {}
    house.start_worker()
    for step in WORKING:
        documents[step] = upload(people.alice, team, f"{step}.md", pages_of(f"old {step}", 2)).document
    house.wait(all_ended)
    for step in WORKING:
        old[step] = signature(documents[step])
        assert old[step].version == 1 and old[step].searched
    for step in WORKING:
        house.order(step, "kill", file=f"{step}.md" if not step.startswith("index") else "")
    for step in WORKING:
        upload(people.alice, team, f"{step}.md", pages_of(f"new {step}", 3))
    seen: dict[str, set[Signature]] = {step: set() for step in WORKING}

    def look() -> None:
        died = house.workers[-1].poll() is not None
        if died:
            for step in WORKING:
                seen[step].add(signature(documents[step]))
        house.keep_a_worker()

    house.wait(lambda: all_ended() and all(map(house.met, WORKING)), look)
    deaths = sum(worker.poll() is not None for worker in house.workers)
    assert deaths >= len(WORKING)
    for step in WORKING:
        new = signature(documents[step])
        assert new.version == 2 and new.passages == 3 and new.searched
        assert seen[step] <= {old[step], new}, step
    sound()

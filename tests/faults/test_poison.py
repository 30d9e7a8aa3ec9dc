"""Acceptance 32: a document that always kills its worker is set aside after three tries, and the others get through."""

from __future__ import annotations

import logging
import time
from types import SimpleNamespace

import pytest

from accounts.models import AuditEvent
from ingest.models import IngestJob
from knowledge.models import Collection, Document
from tests.conftest import ClientFor
from tests.faults.house import House, all_ended, pages_of, upload
from tests.faults.signature import signature

pytestmark = pytest.mark.slow
OTHERS = 4
figures = logging.getLogger("tests.figures")
ASIDE = "/admin/ingest/setaside/"


@pytest.mark.parametrize(
    "death",
    [
        pytest.param("die", id="the process at work"),
        pytest.param("kill", id="the whole worker", marks=pytest.mark.full),
    ],
)
def test_poison_is_set_aside_listed_with_its_reason_and_may_be_tried_again(
    house: House, people: SimpleNamespace, team: Collection, client_for: ClientFor, death: str
) -> None:
    poison = upload(people.alice, team, "poison.md", pages_of("poison"))
    names = [f"good-{n}.md" for n in range(OTHERS)]
    for name in names:
        upload(people.alice, team, name, pages_of(name))
    house.order("embed-done", death, file="poison.md", always=True)
    began = time.monotonic()
    house.wait(lambda: all_ended(names), house.keep_a_worker)
    blocked = time.monotonic() - began
    house.wait(all_ended, house.keep_a_worker)
    figures.info("others through after %.0f s, poison aside after %.0f s", blocked, time.monotonic() - began)
    assert poison.job is not None
    job = IngestJob.objects.get(pk=poison.job.pk)
    assert (job.state, job.error_code, job.attempts) == ("failed", "crashed", 3)
    assert set(IngestJob.objects.exclude(pk=job.pk).values_list("state", flat=True)) == {"done"}
    assert signature(poison.document).version == 0

    shown = client_for(people.ada).get(ASIDE).content.decode()
    assert "poison.md" in shown and "was given up" in shown and "good-0.md" not in shown
    assert client_for(people.alice).get(ASIDE).status_code == 404

    (house.faults / "embed-done").unlink()  # somebody mended what was wrong
    client_for(people.ada).post(ASIDE, {"action": "retry", "_selected_action": [str(job.pk)]})
    house.wait(all_ended, house.keep_a_worker)
    assert signature(Document.objects.get(pk=poison.document.pk)).passages == 3
    assert AuditEvent.objects.filter(action="ingestjob.retried", object_id=str(job.pk)).exists()
    assert "poison.md" not in client_for(people.ada).get(ASIDE).content.decode()

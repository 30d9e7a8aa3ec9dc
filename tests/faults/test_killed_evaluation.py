"""``kill -9`` of the worker in the middle of a run: another goes on with the cases that are left."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.conversing import listing
from assistant.evaluating import cases, runs
from assistant.models import Answer, EvaluationSet, SetRun
from knowledge.models import Collection
from tests.assistant.bad_prompt import ObedientServer
from tests.assistant.conftest import LEAVE
from tests.faults.house import House, all_ended, upload

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CASES = 6


def test_a_run_outlives_its_worker(house: House, people: SimpleNamespace, team: Collection) -> None:
    with ObedientServer(before=0.5) as model:
        endpoint = {
            "FOOTNOTE_GENERATOR": "openai", "FOOTNOTE_GENERATOR_URL": model.url, "FOOTNOTE_GENERATOR_MODEL": "scripted",
            "FOOTNOTE_EVALUATION_LEASE_SECONDS": "5",
        }  # fmt: skip
        worker = house.start_worker(**endpoint)
        upload(people.alice, team, "leave-rules.md", LEAVE)
        house.wait(all_ended)
        chosen = EvaluationSet.objects.create(name="leave")
        for number in range(CASES):
            question = f"How many days of paid annual leave do employees receive, question {number}?"
            fields = {"question": question, "answerable": True, "asked_as": people.rita}
            cases.put(chosen, f"case-{number}", fields, people.ada)
        run = runs.start(chosen)
        runs.enqueue(run)
        house.wait(lambda: run.outcomes.count() >= 2)
        house.kill(worker)
        done = run.outcomes.count()
        assert done < CASES
        house.start_worker(**endpoint)
        house.wait(lambda: SetRun.objects.get().over, meanwhile=lambda: _sweep_when_silent(run))
    run.refresh_from_db()
    assert run.state == SetRun.State.COMPLETE
    assert run.attempts == 2
    assert run.outcomes.count() == run.figures["cases"] == CASES
    assert len(model.requests) <= CASES + 1  # the one that was being asked when the worker died is asked again
    assert listing.listed(people.rita).conversations == ()
    assert not Answer.objects.exists()


def _sweep_when_silent(run: SetRun) -> None:
    """As the scheduler does each minute; here at once when the dead worker's lease is over."""
    if SetRun.objects.filter(pk=run.pk, attempts=1).exists():
        runs.sweep()

"""``manage.py calibrate`` over stored questions: asked on the product's own road, fitted, stored and in force."""

from __future__ import annotations

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from assistant.abstention import policy
from assistant.models import Calibration, Conversation, EvalCase
from knowledge.models import Collection
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

THINGS = (
    "pump", "valve", "hose", "gauge", "clamp", "flange", "nozzle", "gasket", "filter", "piston", "rotor",
    "bearing", "lever", "spring", "washer", "bracket", "coupling", "spindle", "bushing", "damper",
)  # fmt: skip
FOREIGN = (
    "opera", "volcano", "sonnet", "comet", "glacier", "waltz", "parliament", "giraffe", "saxophone", "pyramid",
    "meteor", "ballet", "falcon", "orchid", "cathedral", "marathon", "dolphin", "tapestry", "lagoon", "violin",
)  # fmt: skip


@pytest.fixture
def cases(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> None:
    text = "\n\n".join(f"The {thing} weighs {place + 3} kg." for place, thing in enumerate(THINGS))
    document = make_document(team, "parts.md", f"# Parts list\n\n{text}\n", people.alice)
    for place, thing in enumerate([*THINGS, *FOREIGN]):
        known = thing in THINGS
        EvalCase.objects.create(
            key=f"c-{place:02d}",
            kind="fact" if known else "unanswerable",
            half="tune",
            asked_as="bob",
            question=f"How much does the {thing} weigh?" if known else f"Which {thing} won the prize in Lisbon?",
            answerable=known,
            gold=[{"document": f"team/{document.name}", "quote": f"The {thing} weighs {place + 3} kg."}]
            if known
            else [],
        )


def test_stored_questions_are_fitted_and_the_result_holds(cases: None, people: SimpleNamespace) -> None:
    out = StringIO()
    call_command("calibrate", "--sample-company", "--refused", "0.1", "--json", stdout=out)
    said = json.loads(out.getvalue())
    row = Calibration.objects.get()
    assert said["data"] == [{"name": "sample company", "questions": 40, "answerable": 20}]
    assert said["figures"]["auc"] > 0.9
    assert set(row.weights) == set(policy.default().weights)
    assert policy.fitting() == row, "the recipe of the command is the one the answers find"
    kept = next(point for point in row.curve if point["threshold"] == row.threshold)
    assert kept["refused"] <= 0.1
    assert not Conversation.objects.exists(), "measuring leaves nothing behind"


def test_without_enough_questions_nothing_is_stored(cases: None) -> None:
    EvalCase.objects.filter(answerable=False).delete()
    with pytest.raises(CommandError, match="Only 0 unanswerable questions"):
        call_command("calibrate", "--sample-company", stdout=StringIO())
    assert not Calibration.objects.exists()
    with pytest.raises(CommandError, match="Name at least one folder"):
        call_command("calibrate")

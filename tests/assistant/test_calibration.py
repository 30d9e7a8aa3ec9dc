"""One probability with its threshold: how it is fitted, when it holds, and how an administrator aims it."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest

from accounts.models import AuditEvent
from assistant.abstention import policy
from assistant.abstention.calibrating import TargetOutOfReach, aim, store
from assistant.abstention.fitting import Example, Fitted, Point, TooFewExamples, fit, isotonic, threshold_for
from assistant.models import Calibration
from tests.assistant.conftest import Asked
from tests.conftest import ClientFor


def examples(count: int = 400) -> list[Example]:
    """Two signs: one that tells, one that is noise. Drawn with a fixed seed."""
    dice = random.Random(7)
    found = []
    for place in range(count):
        answerable = dice.random() < 0.6
        telling = min(1.0, max(0.0, dice.gauss(0.65 if answerable else 0.4, 0.15)))
        signs = {"telling": telling, "noise": dice.random()}
        found.append(Example(signs, answerable, answerable and dice.random() < 0.95, f"set {place % 2}"))
    return found


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(examples())


def test_the_telling_sign_weighs_and_noise_does_not(fitted: Fitted) -> None:
    assert fitted.weights["telling"] > 5
    assert abs(fitted.weights["noise"]) < 1.5
    assert fitted.figures["auc"] > 0.8


def test_what_is_said_is_what_is_seen(fitted: Fitted) -> None:
    assert fitted.figures["ece"] < 0.1
    assert sum(one.questions for one in fitted.bins) == 400
    assert all(abs(one.said - one.seen) < 0.25 for one in fitted.bins if one.questions >= 30)


def test_signs_that_are_new_join_without_a_change() -> None:
    more = [Example({**e.signs, "new": float(e.answerable)}, e.answerable, e.right, e.group) for e in examples()]
    assert fit(more).weights["new"] > 1


def test_a_higher_threshold_shows_less_and_refuses_more(fitted: Fitted) -> None:
    coverage = [point.coverage for point in fitted.curve]
    refused = [point.refused for point in fitted.curve]
    assert coverage == sorted(coverage, reverse=True)
    assert refused == sorted(refused)
    assert (fitted.curve[0].coverage, fitted.curve[0].refused) == (1.0, 0.0)


def test_a_target_gives_the_threshold_that_shows_most_or_is_strictest() -> None:
    curve = [Point(0.1, 1.0, 0.4, 0.0), Point(0.5, 0.7, 0.1, 0.04), Point(0.9, 0.2, 0.02, 0.6)]
    assert threshold_for(curve, "wrong", 0.1) == curve[1]
    assert threshold_for(curve, "refused", 0.05) == curve[1]
    assert threshold_for(curve, "wrong", 0.01) is None


def test_questions_of_one_kind_alone_are_refused() -> None:
    with pytest.raises(TooFewExamples, match="Only 0 unanswerable"):
        fit([Example({"telling": 0.5}, True, True, "set")] * 100)


def test_isotonic_steps_never_fall() -> None:
    steps = isotonic(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert steps.tolist() == [0.0, 0.5, 0.5, 1.0]


def kept(asked_signs: dict[str, float], threshold: float, chunker: str = "") -> Calibration:
    """A stored fit whose probability is .5 for everything."""
    bare = Fitted(0.0, dict.fromkeys(asked_signs, 0.0), {}, (), (Point(threshold, 0.5, 0.1, 0.05),))
    return store(bare, [], chunker, Calibration.Target.WRONG, 0.2)


@pytest.mark.django_db(transaction=True)
def test_the_system_keeps_silent_as_the_calibration_says(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    question = "What is the hotel limit per night?"
    before = asked(people.bob, question)
    assert not before.abstained
    assert set(before.signs) == set(policy.default().weights)
    kept(before.signs, threshold=0.6)
    strict = asked(people.bob, question)
    assert (strict.abstained, strict.confidence) == (True, 0.5)
    with policy.showing_everything():
        assert not asked(people.bob, question).abstained
    kept(before.signs, threshold=0.4)
    assert not asked(people.bob, question).abstained


@pytest.mark.django_db(transaction=True)
def test_a_calibration_of_another_model_recipe_or_set_of_signs_waits(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    signs = asked(people.bob, "What is the hotel limit per night?").signs
    row = kept(signs, threshold=0.6)
    assert policy.current(signs).calibration == row
    assert policy.current({**signs, "unknown": 0.3}).calibration is None
    for change in ({"model_id": "another"}, {"recipe": "another/way"}):
        other = kept(signs, threshold=0.6)
        Calibration.objects.filter(pk=other.pk).update(**change)
        assert policy.current(signs).calibration is None
        assert policy.current(signs).threshold == policy.default().threshold


@pytest.mark.django_db
def test_an_administrator_chooses_a_target_and_sees_what_it_costs(
    people: SimpleNamespace, client_for: ClientFor, fitted: Fitted
) -> None:
    client = client_for(people.ada)
    assert "Nothing was fitted here yet" in client.get("/insights/silence/").content.decode()
    row = store(fitted, [{"name": "set", "questions": 400, "answerable": 240}], "", Calibration.Target.REFUSED, 0.05)
    page = client.get("/insights/silence/").content.decode()
    assert "<polyline" in page
    assert "shipped default holds" not in page
    answer = client.post("/insights/silence/", {"target": "wrong", "most": "10"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.target, row.most, row.chosen_by) == ("wrong", 0.1, people.ada)
    assert AuditEvent.objects.filter(action="abstention.aimed", object_id=str(row.pk)).exists()
    impossible = client.post("/insights/silence/", {"target": "refused", "most": "-1"})
    assert impossible.status_code == 422
    Calibration.objects.update(model_id="another")
    assert "shipped default holds" in client.get("/insights/silence/").content.decode()


@pytest.mark.django_db
def test_a_target_out_of_reach_changes_nothing(people: SimpleNamespace) -> None:
    points = (Point(0.0, 1.0, 0.4, 0.0), Point(0.5, 0.5, 0.2, 0.3))
    row = store(Fitted(0.0, {}, {}, (), points), [], "", Calibration.Target.REFUSED, 0.3)
    with pytest.raises(TargetOutOfReach, match=r"20\.0%"):
        aim(row, "wrong", 0.1, people.ada)
    row.refresh_from_db()
    assert (row.target, row.threshold) == ("refused", 0.5)

"""Calibrations as rows: stored, aimed at a target, and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from accounts import audit
from accounts.models import User
from assistant.abstention.fitting import Fitted, Point, threshold_for
from assistant.abstention.policy import recipe
from assistant.models import Calibration
from knowledge.embedding import get_embedder
from knowledge.errors import PermanentError


class TargetOutOfReach(PermanentError):
    """No threshold keeps to the target; the message says what can be reached."""


def store(fitted: Fitted, data: list[dict[str, Any]], chunker: str, target: str, most: float) -> Calibration:
    """Keeps a fit, which holds from the next question on. Raises TargetOutOfReach, and nothing is kept."""
    return Calibration.objects.create(
        model_id=get_embedder().model_id,
        recipe=recipe(chunker),
        bias=fitted.bias,
        weights=fitted.weights,
        data=data,
        figures=fitted.figures,
        bins=[asdict(one) for one in fitted.bins],
        curve=[asdict(point) for point in fitted.curve],
        target=target,
        most=most,
        threshold=reached(fitted.curve, target, most).threshold,
    )


def aim(row: Calibration, target: str, most: float, by: User) -> None:
    """Sets the target of a calibration, and with it the threshold. Raises TargetOutOfReach, and nothing is changed."""
    row.threshold = reached(points(row), target, most).threshold
    row.target, row.most, row.chosen_by = target, most, by
    row.save(update_fields=["threshold", "target", "most", "chosen_by"])
    audit.record(by, "abstention.aimed", row, target=target, permille=round(1000 * most))


def points(row: Calibration) -> list[Point]:
    return [Point(**point) for point in row.curve]


def reached(curve: Sequence[Point], target: str, most: float) -> Point:
    found = threshold_for(curve, target, most)
    if found is None:
        best = min(getattr(point, target) for point in curve if point.coverage > 0)
        raise TargetOutOfReach(f"On the questions measured, no threshold keeps to that: the least is {best:.1%}.")
    return found


def now(row: Calibration) -> Point:
    """The point of the curve at which the threshold lies."""
    return min(points(row), key=lambda point: abs(point.threshold - row.threshold))

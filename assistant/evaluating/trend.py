"""The score of today's configuration over time, as a picture and as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from assistant.charts import HEIGHT, WIDTH, Tick
from assistant.models import EvaluationSet, SetRun

MOST = 60  # runs
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 12.0, 14.0, 26.0
_DATES = 6


@dataclass(frozen=True, slots=True)
class Point:
    """One run: where its dot is, its score with the ends of its interval, and what to say of it."""

    x: float
    y: float
    top: float
    foot: float
    run: SetRun
    said: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Oldest first."""

    points: tuple[Point, ...]
    levels: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def line(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def trend(chosen: EvaluationSet) -> Trend:
    """Of the last complete runs of today's configuration; equal steps between runs, scores from 0 to 1."""
    complete = SetRun.objects.filter(set=chosen, state=SetRun.State.COMPLETE, called="")
    runs = [run for run in complete.order_by("-pk")[:MOST] if run.figures.get("score") is not None][::-1]
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(runs) - 1)
    points = tuple(_point(run, _LEFT + step * at if len(runs) > 1 else WIDTH / 2) for at, run in enumerate(runs))
    levels = tuple(Tick(_up(part), f"{part:.0%}".replace("%", " %")) for part in (0.0, 0.5, 1.0))
    every = -(-len(points) // _DATES) or 1
    dates = tuple(Tick(point.x, _day(point.run.created)) for point in points[::-1][::every])
    return Trend(points, levels, dates)


def _point(run: SetRun, x: float) -> Point:
    told = run.figures
    said = (
        f"{_day(run.created)}: {told['score']:.0%}, between {told['low']:.0%} and {told['high']:.0%}, "
        f"{told['cases']} cases, version {run.version}"
    )
    return Point(round(x, 1), _up(told["score"]), _up(told["high"]), _up(told["low"]), run, said)


def _up(share: float) -> float:
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b}"

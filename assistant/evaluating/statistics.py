"""Whether one run is better than another on the same cases, beyond chance. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np

RESAMPLES = 10_000
LEVEL = 0.95
_SEED = 20_241  # the same runs always give the same interval
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean difference of scores, new minus old, with its interval at ``LEVEL``; ``p`` is of the sign test."""

    difference: float
    low: float
    high: float
    better: int
    worse: int
    same: int
    p: float

    @property
    def cases(self) -> int:
        return self.better + self.worse + self.same

    def as_json(self) -> dict[str, float]:
        return {**asdict(self), "cases": self.cases}


def paired(differences: Sequence[float]) -> Interval:
    """The percentile interval of a paired bootstrap over cases, and an exact sign test.

    Cases are drawn with replacement and the mean difference taken, ``RESAMPLES`` times (Efron and Tibshirani, An
    Introduction to the Bootstrap, 1993, chapter 13; for comparing two systems on one test set Koehn, Statistical
    Significance Tests for Machine Translation Evaluation, 2004). The sign test asks how likely so uneven a split of
    better and worse is when both are as likely; for scores of 0 and 1 it is McNemar's exact test (McNemar, 1947).
    """
    values = np.asarray(differences, dtype=np.float64)
    if not len(values):
        return Interval(0.0, 0.0, 0.0, 0, 0, 0, 1.0)
    low, high = mean_interval(values)
    better, worse = int((values > _SAME).sum()), int((values < -_SAME).sum())
    same = len(values) - better - worse
    return Interval(round(float(values.mean()), 4), low, high, better, worse, same, sign_test(better, worse))


def mean_interval(values: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Of the mean, by the bootstrap, to four places; (0, 0) of nothing."""
    return _mean_interval(tuple(float(value) for value in values))


@lru_cache(maxsize=32)
def _mean_interval(values: tuple[float, ...]) -> tuple[float, float]:
    """The same values always give the same: the figures of a run that is over are asked for with each of its pages."""
    if not values:
        return 0.0, 0.0
    array = np.array(values, dtype=np.float64)
    generator = np.random.default_rng(_SEED)
    # In slices, so that a set of thousands of cases needs no gigabyte.
    at_once = max(1, 2_000_000 // len(array))
    means = np.concatenate([
        array[generator.integers(0, len(array), (min(at_once, RESAMPLES - done), len(array)))].mean(axis=1)
        for done in range(0, RESAMPLES, at_once)
    ])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return round(float(low), 4), round(float(high), 4)


def sign_test(better: int, worse: int) -> float:
    """Two-sided, exact, to four places."""
    total = better + worse
    if not total:
        return 1.0
    tail = sum(math.comb(total, k) for k in range(min(better, worse) + 1)) / (1 << total)
    return round(min(1.0, 2 * tail), 4)

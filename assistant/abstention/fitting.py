"""One probability out of named signs: cross-validated, regularised logistic regression, and what it is worth. Pure.

Every figure is taken from probabilities that were given to a question by a fit which had not seen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

FOLDS = 5
FEWEST = 20  # questions of each kind without which nothing is fitted
STRENGTHS = (0.03, 0.3, 3.0, 30.0)  # of the penalty on squared weights of standardised signs
_STEPS = 50
_BINS = 10
_POINTS = 40


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled question. ``right``: what was shown for it answers it; ``group``: the set it comes from."""

    signs: Mapping[str, float]
    answerable: bool
    right: bool
    group: str


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does: shares of questions shown, of shown answers that are wrong, of answerable ones refused."""

    threshold: float
    coverage: float
    wrong: float
    refused: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions given about the same probability, and the share of them that the documents answer."""

    said: float
    seen: float
    questions: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """``weights`` go with the signs as they come; ``figures``: log_loss, brier, auc, ece, ece_isotonic and more."""

    bias: float
    weights: dict[str, float]
    figures: dict[str, float]
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]


class TooFewExamples(ValueError):
    """Not enough labelled questions of one kind; the message says how many there are."""


def fit(examples: Sequence[Example]) -> Fitted:
    """Fits on all examples, each set weighing the same; cross-validation chooses the penalty. Raises TooFewExamples."""
    names = sorted({name for example in examples for name in example.signs})
    seen = [example for example in examples if example.signs]
    table = np.array([[example.signs.get(name, 0.0) for name in names] for example in seen], dtype=np.float64)
    truth = np.array([example.answerable for example in seen], dtype=np.float64)
    for kind, count in (("answerable", int(truth.sum())), ("unanswerable", int((1 - truth).sum()))):
        if count < FEWEST:
            raise TooFewExamples(f"Only {count} {kind} questions: at least {FEWEST} are needed.")
    share = _shares([example.group for example in seen])
    folds = _folds(truth)
    held = {strength: _held_out(table, truth, share, folds, strength) for strength in STRENGTHS}
    strength = min(STRENGTHS, key=lambda one: log_loss(_squash(held[one]), truth, share))
    slope, shift = _platt(held[strength], truth, share, folds)
    chances = _squash(slope * held[strength] + shift)
    bias, weights = _plain(table, truth, share, strength)
    figures = _figures(chances, truth, share, folds)
    return Fitted(
        bias=float(slope * bias + shift),
        weights={name: float(slope * weight) for name, weight in zip(names, weights, strict=True)},
        figures={**figures, "strength": strength, "platt_slope": round(slope, 4), "platt_shift": round(shift, 4)},
        bins=_bins(chances, truth),
        curve=_curve(examples, seen, chances),
    )


def threshold_for(curve: Sequence[Point], kind: str, most: float) -> Point | None:
    """The point that shows most answers while ``wrong`` is at most ``most``, or that shows fewest while ``refused`` is;
    None when no point keeps to it."""
    kept = [point for point in curve if getattr(point, kind) <= most and point.coverage > 0]
    if not kept:
        return None
    return min(kept, key=lambda point: point.threshold) if kind == "wrong" else max(kept, key=lambda p: p.threshold)


def _shares(groups: Sequence[str]) -> Numbers:
    """Weights by which every set counts the same, whatever its size; 1 on average."""
    counts = {group: groups.count(group) for group in set(groups)}
    return np.array([len(groups) / (len(counts) * counts[group]) for group in groups], dtype=np.float64)


def _folds(truth: Numbers) -> NDArray[np.int64]:
    """A fold for each question, the same at every run, both kinds spread evenly."""
    folds = np.zeros(len(truth), dtype=np.int64)
    for kind in (0.0, 1.0):
        places = np.flatnonzero(truth == kind)
        folds[places] = np.arange(len(places)) % FOLDS
    return folds


def _held_out(table: Numbers, truth: Numbers, share: Numbers, folds: NDArray[np.int64], strength: float) -> Numbers:
    """Log odds of every question by the fit on the other folds."""
    odds = np.zeros(len(truth))
    for fold in range(FOLDS):
        out = folds == fold
        bias, weights = _plain(table[~out], truth[~out], share[~out], strength)
        odds[out] = bias + table[out] @ weights
    return odds


def _plain(table: Numbers, truth: Numbers, share: Numbers, strength: float) -> tuple[float, Numbers]:
    """Bias and weights for the signs as they come, fitted on standardised ones."""
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    solved = _newton((table - middle) / spread, truth, share, strength)
    weights = solved[1:] / spread
    return float(solved[0] - middle @ weights), weights


def _newton(table: Numbers, truth: Numbers, share: Numbers, strength: float) -> Numbers:
    """(bias, weights) with the least log loss and penalty; the bias is not penalised."""
    design = np.hstack([np.ones((len(table), 1)), table])
    penalty = np.diag([1e-9, *[strength] * table.shape[1]])
    solved = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chances = _squash(design @ solved)
        slope = design.T @ (share * (chances - truth)) + penalty @ solved
        bend = (design * (share * chances * (1 - chances))[:, None]).T @ design + penalty
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(solved)), slope)
        solved = solved - step
        if float(np.abs(step).max()) < 1e-8:
            break
    return solved


def _platt(odds: Numbers, truth: Numbers, share: Numbers, folds: NDArray[np.int64]) -> tuple[float, float]:
    """(slope, shift) that correct held-out log odds; (1, 0) when correcting folds not seen does not help."""
    corrected = np.zeros(len(odds))
    for fold in range(FOLDS):
        out = folds == fold
        shift, slope = _newton(odds[~out][:, None], truth[~out], share[~out], 1e-3)
        corrected[out] = slope * odds[out] + shift
    if log_loss(_squash(corrected), truth, share) >= log_loss(_squash(odds), truth, share):
        return 1.0, 0.0
    shift, slope = _newton(odds[:, None], truth, share, 1e-3)
    return (float(slope), float(shift)) if slope > 0 else (1.0, 0.0)


def _squash(odds: Numbers) -> Numbers:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -40, 40)))


def log_loss(chances: Numbers, truth: Numbers, share: Numbers) -> float:
    safe = np.clip(chances, 1e-9, 1 - 1e-9)
    losses = -(truth * np.log(safe) + (1 - truth) * np.log(1 - safe))
    return float((share * losses).sum() / share.sum())


def isotonic(chances: Numbers, truth: Numbers) -> Numbers:
    """The rising steps that fit best: neighbours that fall are pooled until none does."""
    order = np.argsort(chances, kind="stable")
    pools: list[list[float]] = []
    for value in truth[order]:
        pools.append([float(value), 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (mine, many), (before, few) = pools.pop(), pools.pop()
            pools.append([(mine * many + before * few) / (many + few), many + few])
    steps = np.concatenate([np.full(int(count), value) for value, count in pools])
    fitted = np.zeros(len(chances))
    fitted[order] = steps
    return fitted


def _isotonic_held_out(chances: Numbers, truth: Numbers, folds: NDArray[np.int64]) -> Numbers:
    corrected = np.zeros(len(chances))
    for fold in range(FOLDS):
        out = folds == fold
        order = np.argsort(chances[~out], kind="stable")
        steps = isotonic(chances[~out], truth[~out])[order]
        corrected[out] = np.interp(chances[out], chances[~out][order], steps)
    return corrected


def _figures(chances: Numbers, truth: Numbers, share: Numbers, folds: NDArray[np.int64]) -> dict[str, float]:
    stepped = _isotonic_held_out(chances, truth, folds)
    positive, negative = chances[truth == 1], chances[truth == 0]
    wins = (positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean()
    figures = {
        "questions": float(len(truth)),
        "answerable": float(truth.sum()),
        "log_loss": log_loss(chances, truth, share),
        "log_loss_isotonic": log_loss(stepped, truth, share),
        "brier": float((share * (chances - truth) ** 2).sum() / share.sum()),
        "auc": float(wins),
        "ece": _ece(chances, truth),
        "ece_isotonic": _ece(stepped, truth),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def _ece(chances: Numbers, truth: Numbers) -> float:
    """Mean gap between what was said and what was seen, bins weighing by their questions."""
    return sum(abs(one.said - one.seen) * one.questions for one in _bins(chances, truth)) / len(truth)


def _bins(chances: Numbers, truth: Numbers) -> tuple[Bin, ...]:
    places = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    return tuple(
        Bin(
            round(float(chances[places == place].mean()), 4),
            round(float(truth[places == place].mean()), 4),
            int((places == place).sum()),
        )
        for place in range(_BINS)
        if (places == place).any()
    )


def _curve(examples: Sequence[Example], seen: Sequence[Example], chances: Numbers) -> tuple[Point, ...]:
    """Over all examples; one without any sign is never shown, whatever the threshold."""
    right = np.array([example.right for example in seen])
    answerable = np.array([example.answerable for example in seen])
    mute = sum(example.answerable for example in examples if not example.signs)
    levels = np.unique(np.concatenate([[0.0], np.quantile(chances, np.linspace(0, 1, _POINTS))]))
    points = []
    for level in levels:
        shown = chances >= level
        count = int(shown.sum())
        points.append(
            Point(
                threshold=round(float(level), 4),
                coverage=round(count / len(examples), 4),
                wrong=round(float((shown & ~right).sum()) / count, 4) if count else 0.0,
                refused=round((int((answerable & ~shown).sum()) + mute) / max(1, int(answerable.sum()) + mute), 4),
            )
        )
    return tuple(points)

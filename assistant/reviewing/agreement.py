"""How far two reviewers agree beyond chance. Pure. Cohen's kappa after Cohen (1960)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """``share`` of the pairs that agree, 0 to 1; ``kappa`` from -1 to 1, None where chance alone would agree always."""

    pairs: int
    share: float | None
    kappa: float | None


def agreement(counts: Mapping[tuple[str, str], int]) -> Agreement:
    """How often (first verdict, second verdict) were given of the same thing."""
    total = sum(counts.values())
    if not total:
        return Agreement(0, None, None)
    firsts, seconds = Counter[str](), Counter[str]()
    for (first, second), times in counts.items():
        firsts[first] += times
        seconds[second] += times
    seen = sum(times for (first, second), times in counts.items() if first == second) / total
    chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts) / total**2
    return Agreement(total, seen, (seen - chance) / (1 - chance) if chance < 1 else None)

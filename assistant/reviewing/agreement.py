"""How far two reviewers agree beyond chance. Pure. Cohen's kappa after Cohen (1960)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """``share`` of the pairs that agree, 0 to 1; ``kappa`` from -1 to 1, None where chance alone would agree always."""

    pairs: int
    share: float | None
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Of (first verdict, second verdict) of the same thing."""
    if not pairs:
        return Agreement(0, None, None)
    total = len(pairs)
    seen = sum(first == second for first, second in pairs) / total
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts) / total**2
    return Agreement(total, seen, (seen - chance) / (1 - chance) if chance < 1 else None)

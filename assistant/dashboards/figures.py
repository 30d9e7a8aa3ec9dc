"""Counts of answers and how long they took, which can be added up over days. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

KINDS = ("answered", "silent", "asked_back", "unfinished")
_STEP = math.log(1.02)  # times are kept to within one per cent


@dataclass(slots=True)
class Figures:
    """``times`` counts answers by steps of two per cent, so that days can be added and still have a middle."""

    answered: int = 0
    silent: int = 0
    asked_back: int = 0
    unfinished: int = 0
    verified: int = 0
    cost: Decimal = Decimal(0)
    currency: str = ""
    times: Counter[int] = field(default_factory=Counter)

    @property
    def questions(self) -> int:
        return self.answered + self.silent + self.asked_back + self.unfinished

    @property
    def answered_percent(self) -> int | None:
        """Of those that were answered or found nothing; what was asked back is neither yet."""
        judged = self.answered + self.silent
        return round(100 * self.answered / judged) if judged else None

    @property
    def median(self) -> float | None:
        """Seconds within which half of the answers came; None without one."""
        return self.within(0.5)

    @property
    def slow(self) -> float | None:
        """Seconds within which nine of ten came."""
        return self.within(0.9)

    def within(self, share: float) -> float | None:
        left = math.ceil(share * self.times.total())
        for step in sorted(self.times):
            left -= self.times[step]
            if left <= 0:
                return math.exp((step + 0.5) * _STEP) / 1000
        return None

    def took(self, milliseconds: float) -> None:
        self.times[math.floor(math.log(max(milliseconds, 1.0)) / _STEP)] += 1

    def add(self, other: Figures) -> None:
        for kind in (*KINDS, "verified"):
            setattr(self, kind, getattr(self, kind) + getattr(other, kind))
        self.cost += other.cost
        self.currency = self.currency or other.currency
        self.times.update(other.times)

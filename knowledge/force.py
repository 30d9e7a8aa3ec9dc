"""Whether a document is in force on a day, by what is known of it beside its words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Force:
    """``effective`` and ``until`` are the first and the last day; None where nothing is said."""

    effective: date | None
    until: date | None

    def ended(self, today: date) -> bool:
        return self.until is not None and self.until < today

    def to_come(self, today: date) -> bool:
        return self.effective is not None and self.effective > today

    def holds(self, today: date) -> bool:
        return not self.ended(today) and not self.to_come(today)

    def said(self, today: date) -> str:
        """In words, when it does not hold, to follow "it is"; "" when it does."""
        if self.until is not None and self.ended(today):
            return f"no longer in force (until {self.until:%-d %B %Y})"
        if self.effective is not None and self.to_come(today):
            return f"not in force before {self.effective:%-d %B %Y}"
        return ""


def age_marks(force: Force, review_by: date | None, replaced: bool, today: date) -> tuple[str, ...]:
    """What a reader of words from a document must be told of its age, in words; empty when there is nothing.

    ``replaced`` says whether a document that this reader may read replaces it.
    """
    late = review_by is not None and review_by < today
    marks = ("replaced by another document" if replaced else "", force.said(today))
    return tuple(mark for mark in (*marks, "past its review date" if late else "") if mark)

"""Figures as they compare: two weeks are 14 days, €2 million are €2,000,000, 5:00 pm is 17:00. Pure.

They are read as ``assistant/claims`` reads them, where a sentence is held against its quote; here two documents are
held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.claims.reading import CLOCK, DATE, NUMBER, ORDINAL, PERIOD, Token, language_of_words, read

LASTING = frozenset({"time", "months", "night"})
# Months and years are no fixed number of days, and a night is no day.
_INTO = {
    "second": ("time", 1), "minute": ("time", 60), "hour": ("time", 3600), "day": ("time", 86400),
    "week": ("time", 7 * 86400), "month": ("months", 1), "quarter": ("months", 3), "year": ("months", 12),
    "decade": ("months", 120), "century": ("months", 1200),
}  # fmt: skip
_ONCE = Decimal(1)
Day = tuple[int, int, int]  # year, month, day; 0 for what is not given


@dataclass(frozen=True, slots=True)
class Amount:
    """``values`` are all ways to read it ("1.500" is 1500 or 1.5), in the smallest unit of its ``kind``: a currency,
    one of LASTING, another unit, "per" and a time for how often, or "" for a bare count."""

    values: frozenset[Decimal]
    kind: str
    written: str

    @property
    def readings(self) -> set[tuple[str, Decimal]]:
        return {(self.kind, value) for value in self.values}


def amounts(text: str) -> list[Amount]:
    """The figures of a text; dates and times of day are none."""
    return [_amount(token) for token in _tokens(text) if _counts(token)]


def rates(text: str) -> set[str]:
    """By what time sums are counted: "month" of "€50 per month" and of "monthly"."""
    return {token.unit for token in _tokens(text) if token.kind == PERIOD and token.values == {_ONCE}}


def days(text: str) -> set[Day]:
    """The dates of a text, without their words."""
    return {day for day, _ in dated(text)}


def dated(text: str) -> list[tuple[Day, str]]:
    """The dates of a text in order, each with the words it is written in."""
    return [(token.day, token.written) for token in _tokens(text) if token.kind == DATE]


def clocks(text: str) -> set[Decimal]:
    """The times of day of a text, in minutes since midnight."""
    return {minute for token in _tokens(text) if token.kind == CLOCK for minute in token.values}


def clocks_written(text: str) -> list[str]:
    """The same in order, as they are written."""
    return [token.written for token in _tokens(text) if token.kind == CLOCK]


def same_amounts(one: str, other: str) -> bool:
    """Whether each figure and time of day of either text is also in the other, and no "per month" is "per year"."""
    mine, theirs = amounts(one), amounts(other)
    per, by = rates(one), rates(other)
    alike = clocks(one) == clocks(other) and (not per or not by or per == by)
    return alike and _among(mine, theirs) and _among(theirs, mine)


def _among(some: Sequence[Amount], others: Sequence[Amount]) -> bool:
    return all(any(amount.readings & other.readings for other in others) for amount in some)


def _tokens(text: str) -> tuple[Token, ...]:
    return read(text, language_of_words(text)).tokens


def _counts(token: Token) -> bool:
    """ "4 times a year" is a figure; "per night" only says of one what it is for."""
    often = token.kind == PERIOD and token.values != {_ONCE}
    return often or token.kind == NUMBER or (token.kind == ORDINAL and token.written[0].isdigit())


def _amount(token: Token) -> Amount:
    if token.kind == PERIOD:
        return Amount(token.values, f"per {token.unit}", token.written)
    kind, size = _INTO.get(token.unit, (token.unit, 1))
    return Amount(frozenset(value * size for value in token.values), kind, token.written)

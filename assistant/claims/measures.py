"""Figures that agree and are yet said of more or of less than in the quote: ranges, kinds of day, "per month". Pure."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.claims.comparing import FIGURES, Conflict, same_number
from assistant.claims.counted import UNITS, YEARLY
from assistant.claims.lexicon import BOUNDING
from assistant.claims.reading import NUMBER, PERIOD, Reading, Token

_TO = frozenset({"to", "bis", "a", "à", "до", "and", "und", "y", "et", "и"})


def measures_disagree(said: Reading, quote: Reading, around: Reading) -> Conflict | None:
    return _narrowed(said, quote) or _other_sort(said, quote) or _period_added(said, quote, around)


def _narrowed(said: Reading, quote: Reading) -> Conflict | None:
    """One end of a range in the place of the range."""
    numbers = [token for token in said.tokens if token.kind == NUMBER]
    there = [token for token in quote.tokens if token.kind == NUMBER]
    for place, token in enumerate(said.tokens):
        before = said.tokens[place - 1].written.lower() if place else ""
        if token.kind != NUMBER or not token.unit or before in BOUNDING:
            continue
        for low, high in _ranges(quote):
            ends = [end for end in (low, high) if same_number(token, end)]
            others = [other for other in there if other is not low and other is not high]
            if len(ends) != 1 or any(same_number(token, other) for other in others):
                continue
            missing = high if ends[0] is low else low
            if not any(same_number(number, missing) for number in numbers):
                return Conflict(
                    FIGURES, f"The document says {low.written} to {high.written}, the sentence says {token.written}."
                )
    return None


def _ranges(reading: Reading) -> Iterator[tuple[Token, Token]]:
    """Two figures of one unit with "to" or a dash between them."""
    tokens = reading.tokens
    for place, low in enumerate(tokens):
        apart = 2 if place + 2 < len(tokens) and tokens[place + 1].written.lower() in _TO else 1
        high = tokens[place + apart] if place + apart < len(tokens) else low
        alike = low.kind == high.kind == NUMBER and low.clause == high.clause
        if alike and high.unit and low.unit in ("", high.unit) and min(low.values) < max(high.values):
            yield low, high


def _other_sort(said: Reading, quote: Reading) -> Conflict | None:
    """Days in the place of working days, or the other way round."""
    for token in said.tokens:
        equal = [other for other in quote.tokens if other.kind == NUMBER and same_number(token, other)]
        if token.kind == NUMBER and equal and all(other.sort != token.sort for other in equal):
            return Conflict(FIGURES, f"The document says {equal[0].written}, the sentence says {token.written}.")
    return None


def _period_added(said: Reading, quote: Reading, around: Reading) -> Conflict | None:
    """ "Per month" where the quote gives a sum and no time."""
    if any(token.kind == PERIOD for token in quote.tokens):
        return None
    words = [token for reading in (quote, around) for token in reading.tokens]
    units = {UNITS.get(token.written.lower()) or YEARLY.get(token.written.lower()) or token.unit for token in words}
    for token in said.tokens:
        if token.kind == PERIOD and token.unit not in units:
            return Conflict(FIGURES, f"The sentence says “{token.written}”, the document does not.")
    return None

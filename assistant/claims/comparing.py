"""Where a sentence and its quote disagree: figures, dates, names, opposites, amounts. Pure.

Every figure of the sentence is looked for at the place of the quote that has the same words around it; it must be the
same there. So two figures that changed places are told apart, and a sentence may still be put in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.claims.counted import EXACT, LONG, MONTHS
from assistant.claims.lexicon import (
    BEFORE_TIME,
    DENYING,
    DOWNWARD,
    LANGUAGE_OF_PAIR,
    NEAR_QUANTITIES,
    OPPOSITES,
    PREFIXES,
    QUANTIFIERS,
    SHOWN,
    UPWARD,
)
from assistant.claims.places import Run, likeness
from assistant.claims.reading import CLOCK, DATE, NUMBER, ORDINAL, PERIOD, WEEKDAY, WORD, Reading, Token

SAME_PLACE = 1.0  # likeness from which two places speak of the same
CLEARLY = 2.0  # how much more alike another place must be to be the one that is meant
FAINT = 0.45
FIGURES, DATES, NAMES, WORDING = "figures", "dates", "names", "wording"
_SHORTEST_STEM = 4
_SHORTEST_NAME, _ENDING = 5, 3
_JUST_BEFORE = 2  # tokens
_INDEFINITE = frozenset({"one", "a", "an"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """``about`` is one of the constants above; ``reason`` is a sentence for the reader."""

    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place that can be compared: what it says, and where it stands."""

    token: Token
    run: Run
    written: str


Same = Callable[[Token, Token], bool]


def figures_disagree(said: Reading, quote: Reading, around: Reading, *, placed: bool = True) -> Conflict | None:
    """``placed`` asks that a figure stands at the same place, not only somewhere in the quote."""
    for kind, same in (
        (WEEKDAY, same_value), (CLOCK, same_value),
        (NUMBER, same_number), (ORDINAL, same_number), (DATE, same_day), (PERIOD, same_period),
    ):  # fmt: skip
        mine = _slots_of(said, kind)
        theirs = _slots_of(quote, kind)
        if not mine or (kind == PERIOD and not theirs):
            continue
        for slot in mine:
            if not placed and any(same(slot.token, other.token) for other in theirs):
                continue
            if conflict := _figure(slot, mine, theirs, (said, quote, around), same):
                return conflict
    return None


def _slots_of(reading: Reading, kind: str) -> list[_Slot]:
    return [_Slot(t, (n, n), t.written) for n, t in enumerate(reading.tokens) if t.kind == kind]


def _figure(
    slot: _Slot, mine: Sequence[_Slot], theirs: Sequence[_Slot], texts: tuple[Reading, Reading, Reading], same: Same
) -> Conflict | None:
    said, quote, around = texts
    about = DATES if slot.token.kind == DATE else FIGURES
    equal = [other for other in theirs if same(slot.token, other.token)]
    if not equal and slot.token.kind == NUMBER and _in_a_date(slot.token, quote):
        return None
    if not equal and (_an_hour(slot.token, quote) or _named_month(slot.token, quote, around)):
        return None
    best, alike = _best(slot, said, [other for other in theirs if other not in equal], quote)
    if equal:
        _, kept = _best(slot, said, equal, quote)
        if (
            best is None
            or alike < max(SAME_PLACE, CLEARLY * kept)
            or _belongs_to_another(best, slot, mine, said, quote, same)
        ):
            return None
        return Conflict(about, _differs(best.written, slot.written))
    elsewhere = _said_around(slot.token, quote, around, same)
    if (elsewhere or _in_a_date(slot.token, around)) and alike < SAME_PLACE:
        return None
    if slot.token.written.lower() in _INDEFINITE and alike < SAME_PLACE:
        return None
    if best is not None and (alike >= FAINT or len(theirs) == 1):
        return Conflict(about, _differs(best.written, slot.written))
    return Conflict(about, f"The document does not give {'the date ' * (about == DATES)}{slot.written} here.")


def _named_month(token: Token, *readings: Reading) -> bool:
    """Whether a month alone is named as one where it can be told from other words by its capital only: in the cell of
    a table, in a list, before a dash."""
    if token.kind != DATE or token.day[0] or token.day[2]:
        return False
    written = (word.written for reading in readings for word in reading.tokens if word.kind == WORD and word.capital)
    return any(MONTHS.get(word.lower().rstrip(".")) == token.day[1] for word in written)


def _said_around(token: Token, quote: Reading, around: Reading, same: Same) -> bool:
    """Whether the headings give it. A month alone is not given by the day on which the document is dated."""
    bare = token.kind == DATE and token.day[0] == token.day[2] == 0
    there = (t for t in around.tokens if t.kind == token.kind and not (bare and t.day[2]))
    if any(same(token, other) for other in there):
        return True
    return token.kind == DATE and not bare and _pieced_together(token, quote, around)


def _differs(theirs: str, mine: str) -> str:
    return f"The document says {SHOWN.get(theirs, theirs)}, the sentence says {SHOWN.get(mine, mine)}."


def _best(slot: _Slot, said: Reading, others: Sequence[_Slot], quote: Reading) -> tuple[_Slot | None, float]:
    """The slot of the quote with the most alike surroundings, and how alike they are."""
    best, alike = None, -1.0
    for other in others:
        here = likeness(said.tokens, slot.run, quote.tokens, other.run)
        if here > alike:
            best, alike = other, here
    return best, max(alike, 0.0)


def _belongs_to_another(
    place: _Slot, slot: _Slot, mine: Sequence[_Slot], said: Reading, quote: Reading, same: Same
) -> bool:
    """Whether another slot of the sentence says what stands at a place of the quote, and fits there as well."""
    fit = likeness(said.tokens, slot.run, quote.tokens, place.run)
    return any(
        other is not slot
        and same(other.token, place.token)
        and likeness(said.tokens, other.run, quote.tokens, place.run) >= fit
        for other in mine
    )


def same_number(one: Token, other: Token) -> bool:
    """Also told in another unit of time, or with its unit left out."""
    if one.sort and other.sort and one.sort != other.sort:
        return False
    if one.values & other.values and (not one.unit or not other.unit or one.unit == other.unit):
        return True
    return any(
        {value * lengths[one.unit] for value in one.values} & {value * lengths[other.unit] for value in other.values}
        for lengths in (EXACT, LONG)
        if one.unit in lengths and other.unit in lengths and not one.sort and not other.sort
    )


def same_period(one: Token, other: Token) -> bool:
    return one.unit == other.unit and bool(one.values & other.values)


def same_day(one: Token, other: Token) -> bool:
    """Every part of the date that the sentence gives stands in the quote."""
    return any(
        all(mine in (0, theirs) for mine, theirs in zip(this, that, strict=True))
        for this in _days(one)
        for that in _days(other)
    )


def _days(token: Token) -> list[tuple[int, int, int]]:
    year, month, day = token.day
    return [token.day, (year, day, month)] if token.swapped else [token.day]


def same_value(one: Token, other: Token) -> bool:
    return bool(one.values & other.values)


def _pieced_together(token: Token, quote: Reading, around: Reading) -> bool:
    """Day and month of the quote with the year of its heading, or the other way round."""
    days = [t.day for reading in (quote, around) for t in reading.tokens if t.kind == DATE]
    years = {day[0] for day in days} | {
        int(v) for r in (quote, around) for t in r.tokens for v in t.values if v == int(v)
    }
    year, month, day = token.day
    return year in years | {0} and any(other[1] == month and day in (0, other[2]) for other in days)


def _in_a_date(token: Token, reading: Reading) -> bool:
    """A bare number that is the year or the day of a date there."""
    return (
        token.kind == NUMBER
        and not token.unit
        and any(
            part in token.values for other in reading.tokens if other.kind == DATE for part in other.day[::2] if part
        )
    )


def _an_hour(token: Token, reading: Reading) -> bool:
    """A bare number that is the full hour of a time there, or the other way round ("at 9" and "9:00")."""
    pair = {NUMBER: CLOCK, CLOCK: NUMBER}.get(token.kind)
    return any(
        bare.values & {value / 60, value / 60 - 12, value / 60 + 12}
        for other in reading.tokens
        if other.kind == pair and not other.unit and not token.unit
        for bare, clock in ((token, other) if pair == CLOCK else (other, token),)
        for value in clock.values
    )


def names_disagree(said: Reading, quote: Reading, around: Reading) -> Conflict | None:
    """A name that neither the quote nor its headings have, or two names that changed places."""
    theirs = _names(quote, said)
    names = [_without_opening(name, said, quote, theirs) for name in _names(said, quote)]
    known = quote.keys | around.keys
    for name in names:
        strangers = [
            t for t in _tokens(said, name) if t.kind == WORD and t.key not in known and not _spelt_alike(t, known)
        ]
        if strangers:
            best, alike = _best(name, said, [o for o in theirs if not _shares(o, name, quote, said)], quote)
            if best is not None and alike >= SAME_PLACE:
                return Conflict(NAMES, _differs(best.written, name.written))
            return Conflict(NAMES, f"The document does not name {name.written} here.")
    if _turned_round(said) == _turned_round(quote):
        for name in names:
            if conflict := _exchanged(name, names, theirs, said, quote):
                return conflict
    return None


def _without_opening(name: _Slot, said: Reading, quote: Reading, theirs: Sequence[_Slot]) -> _Slot:
    """ "Jun Tanabe" of "Contact Jun Tanabe", where the quote has that whole name and the verb begins a sentence."""
    first, last = name.run
    if first == last or not said.tokens[first].leads:
        return name
    rest = said.tokens[first + 1 : last + 1]
    keys = {token.key for token in rest}
    if any({t.key for t in _tokens(quote, other)} <= keys for other in theirs):
        return _Slot(rest[0], (first + 1, last), " ".join(token.written for token in rest))
    return name


def _spelt_alike(token: Token, known: frozenset[str]) -> bool:
    """ "Germany" for "German" is no other name."""
    return any(_inflected(token.key, key) for key in known)


def _inflected(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_NAME and len(longer) - len(shorter) <= _ENDING and longer.startswith(shorter)


def _exchanged(
    name: _Slot, mine: Sequence[_Slot], theirs: Sequence[_Slot], said: Reading, quote: Reading
) -> Conflict | None:
    equal = [other for other in theirs if _shares(other, name, quote, said)]
    if not equal:
        return None
    keys = {t.key for t in _tokens(said, name)}
    equal = [other for other in equal if keys <= {t.key for t in _tokens(quote, other)}] or equal
    if (patched := _patched(name, mine, equal, said, quote)) is not None:
        return Conflict(NAMES, _differs(patched.written, name.written))
    _, kept = _best(name, said, equal, quote)
    best, alike = _best(name, said, [other for other in theirs if other not in equal], quote)
    if best is None or alike < max(SAME_PLACE, CLEARLY * kept):
        return None
    at_home = [m for m in mine if m is not name and _shares(best, m, quote, said)]
    if any(likeness(said.tokens, m.run, quote.tokens, best.run) >= alike for m in at_home) or not at_home:
        return None
    return Conflict(NAMES, _differs(best.written, name.written))


def _patched(name: _Slot, mine: Sequence[_Slot], equal: Sequence[_Slot], said: Reading, quote: Reading) -> _Slot | None:
    """The quote's name of which a part went to another name of the sentence: "Delaware Bay" and "Delaware River"."""
    keys = {t.key for t in _tokens(said, name)}
    runs = [(other, {t.key for t in _tokens(quote, other)}) for other in equal]
    if any(keys <= run for _, run in runs):
        return None
    for other, run in runs:
        if any((run - keys) & {t.key for t in _tokens(said, m)} for m in mine if m is not name):
            return other
    return None


def _turned_round(reading: Reading) -> bool:
    """Whether it speaks in the passive, where names stand the other way round."""
    return "by" in {token.written.lower() for token in reading.tokens}


def _shares(one: _Slot, other: _Slot, mine: Reading, theirs: Reading) -> bool:
    return bool({t.key for t in _tokens(mine, one)} & {t.key for t in _tokens(theirs, other)})


def _tokens(reading: Reading, slot: _Slot) -> Sequence[Token]:
    return reading.tokens[slot.run[0] : slot.run[1] + 1]


def _names(reading: Reading, other: Reading) -> list[_Slot]:
    """Runs of capitalised words. One that only begins a sentence counts when the other text shows it to be a name."""
    elsewhere = {t.key for r in (reading, other) for t in r.tokens if t.capital and not t.leads and not t.common}
    plain = {t.key for r in (reading, other) for t in r.tokens if t.kind == WORD and not t.capital}
    slots: list[_Slot] = []
    numbered = list(enumerate(reading.tokens))
    for (capital, _), group in groupby(numbered, key=lambda pair: (_is_name(pair[1], plain), pair[1].clause)):
        run = list(group)
        if not capital:
            continue
        if run[0][1].leads and len(run) == 1 and run[0][1].key not in elsewhere:
            continue
        written = " ".join(token.written for _, token in run)
        slots.append(_Slot(run[0][1], (run[0][0], run[-1][0]), written))
    return slots


def _is_name(token: Token, plain: set[str]) -> bool:
    return (
        token.kind == WORD and token.capital and not token.common and token.key not in plain and len(token.written) > 1
    )


def opposites_disagree(said: Reading, quote: Reading) -> Conflict | None:
    """A word whose opposite stands at its place in the quote."""
    mine = [(n, t) for n, t in enumerate(said.tokens) if t.kind != DATE]
    for position, token in mine:
        word = token.written.lower()
        denied = _denied(said, position)
        against = [
            n
            for n, other in enumerate(quote.tokens)
            if _opposed(word, other.written.lower(), said.language)
            and _denied(quote, n) == denied
            and (word not in BEFORE_TIME or (_before_time(said, position) and _before_time(quote, n)))
        ]
        if not against:
            continue
        same = [n for n, other in enumerate(quote.tokens) if _agrees(token, other)]
        here = (position, position)
        wrong = max(likeness(said.tokens, here, quote.tokens, (n, n)) for n in against)
        right = max((likeness(said.tokens, here, quote.tokens, (n, n)) for n in same), default=0.0)
        if wrong >= FAINT and wrong > (CLEARLY * right if same else 0.0):
            place = max(against, key=lambda n: likeness(said.tokens, here, quote.tokens, (n, n)))
            return Conflict(WORDING, _opposite(quote.tokens[place].written, token.written))
    return None


def _before_time(reading: Reading, position: int) -> bool:
    after = reading.tokens[position + 1 : position + 1 + _JUST_BEFORE]
    return any(token.kind in {DATE, WEEKDAY, CLOCK, NUMBER} for token in after)


def _denied(reading: Reading, position: int) -> bool:
    """Whether a denying word stands just before: "not allowed" is no opposite of "forbidden"."""
    words = DENYING.get(reading.language, DENYING["en"])
    before = (token.written.lower() for token in reading.tokens[max(0, position - _JUST_BEFORE) : position])
    return any(word in words or word.endswith("n't") for word in before)


def _opposite(theirs: str, mine: str) -> str:
    return f"The document says “{SHOWN.get(theirs, theirs)}” where the sentence says “{SHOWN.get(mine, mine)}”."


def _agrees(one: Token, other: Token) -> bool:
    return one.written.lower() == other.written.lower() or bool(one.key and one.key == other.key)


def _opposed(one: str, other: str, language: str) -> bool:
    if (one in UPWARD and other in DOWNWARD) or (one in DOWNWARD and other in UPWARD):
        return True
    if other in OPPOSITES.get(one, ()):
        wanted = LANGUAGE_OF_PAIR.get(one) or LANGUAGE_OF_PAIR.get(other)
        return wanted is None or wanted == language
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) >= _SHORTEST_STEM and any(longer == f"{prefix}{shorter}" for prefix in PREFIXES)


def amounts_disagree(said: Reading, quote: Reading) -> Conflict | None:
    """ "All" where the quote says "some", and the like."""
    theirs = list(_amounts(quote))
    for position, mine in _amounts(said):
        fits = [(likeness(said.tokens, (position, position), quote.tokens, (n, n)), n, other) for n, other in theirs]
        wrong = max(((fit, n) for fit, n, other in fits if not _near(mine, other)), default=(0.0, 0))
        right = max((fit for fit, _, other in fits if _near(mine, other)), default=0.0)
        if wrong[0] >= SAME_PLACE and wrong[0] > CLEARLY * right:
            return Conflict(WORDING, _opposite(quote.tokens[wrong[1]].written, said.tokens[position].written))
    return None


def _amounts(reading: Reading) -> Iterator[tuple[int, str]]:
    for position, token in enumerate(reading.tokens):
        if amount := QUANTIFIERS.get(token.written.lower()):
            yield position, amount


def _near(one: str, other: str) -> bool:
    return one == other or frozenset({one, other}) in NEAR_QUANTITIES

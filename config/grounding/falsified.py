"""Ways to make a true sentence false. Each changes one thing, so that what is caught and what is missed can be told."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from itertools import pairwise

from config.grounding.rules import Pool, Rule, Told, changed, days_in, spliced
from config.grounding.sources import Statement
from config.grounding.wordlists import (
    DENIABLE,
    DENIED,
    OPPOSITES,
    ORDINALS,
    OTHER_UNIT,
    PERMISSIONS,
    QUANTIFIERS,
    SPELT,
)
from knowledge.lexical import analyse

_WHOLE = re.compile(r"(?<![\d.,:/-])(?<!\w)\d{1,7}(?![\d:/-]|[.,]\d|\w)|(?<![\d.,])\d{1,3}(?:,\d{3})+(?![.,]?\d)")
_DECIMAL = re.compile(r"(?<![\d.,])\d+[.]\d{1,2}(?![.\d])")
_RANGE = re.compile(r"(?<![\d.,])(\d{1,4})( ?(?:-|–|to) ?)(\d{1,4})(?![\d.,:/-])")
_YEAR = re.compile(r"(?<![\d.,–-])\b1\d{3}\b(?![\d–-])|(?<![\d.,–-])\b20[0-4]\d\b(?![\d–-])")
_NAME = r"[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ][\w’'-]*"
NAMES = re.compile(rf"(?<![.!?:] )(?<!^)\b{_NAME}(?: {_NAME})*")
_LEADING_NAME = re.compile(rf"{_NAME}(?: {_NAME})+")
_PREDICATE = re.compile(
    r" (?:is|are|was|were|has|have|had|will|can|must|may|should|does|did|ist|sind|war|hat|wird|es|son|fue|tiene)\b "
)


def _not_dated(statement: Statement, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    taken = [place for place, _, _ in days_in(statement.text)]
    found = pattern.finditer(statement.text)
    return [m for m in found if not any(start <= m.start() < end for start, end in taken)]


def _number(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = [m for m in _not_dated(statement, _WHOLE) if not _YEAR.fullmatch(m.group())]
    if not found:
        return None
    match = dice.choice(found)
    value = int(match.group().replace(",", ""))
    new = dice.choice([value + 1, value * 2 + 3, value + 10, value * 10 or 5, max(value - 1, 0) or value + 2])
    return changed(statement, spliced(statement.text, match.span(), f"{new:,}" if "," in match.group() else str(new)))


def _decimal(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = _not_dated(statement, _DECIMAL)
    if not found:
        return None
    match = dice.choice(found)
    whole, fraction = match.group().split(".")
    new = dice.choice([f"{whole}.{(int(fraction[0]) + 3) % 10}{fraction[1:]}", f"{int(whole) + 1}.{fraction}"])
    return changed(statement, spliced(statement.text, match.span(), new))


def _exchanged(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """Two numbers of the same sentence change places."""
    found = [m for m in _not_dated(statement, _WHOLE) if len(m.group()) < 4]
    if len({m.group() for m in found}) < 2:
        return None
    first = found[0]
    second = next(m for m in found if m.group() != first.group())
    text = spliced(spliced(statement.text, second.span(), first.group()), first.span(), second.group())
    return changed(statement, text)


def _range(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = [m for m in _not_dated(statement, _RANGE) if int(m[1]) < int(m[3])]
    if not found:
        return None
    match = dice.choice(found)
    return Told(spliced(statement.text, match.span(3), str(int(match[3]) + dice.choice([1, 2, 5, 10]))))


def _ordinal(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for position, word in enumerate(ORDINALS):
        if match := re.search(rf"\b{word}\b", statement.text):
            other = dice.choice([o for o in ORDINALS if o != ORDINALS[position]])
            return Told(spliced(statement.text, match.span(), other))
    if match := re.search(r"\b(\d{1,2})(st|nd|rd|th)\b", statement.text):
        return Told(spliced(statement.text, match.span(), f"{int(match[1]) + 4 if int(match[1]) < 7 else 6}th"))
    return None


def _number_word(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    spelt = SPELT.get(statement.language, "").split()[1:]
    found = [m for word in spelt if (m := re.search(rf"\b{word}\b", statement.text, re.IGNORECASE))]
    if not found:
        return None
    match = dice.choice(found)
    return Told(spliced(statement.text, match.span(), dice.choice([w for w in spelt if w != match.group().lower()])))


def _day(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = days_in(statement.text)
    if not found:
        return None
    place, day, with_year = dice.choice(found)
    later = day + timedelta(days=dice.choice([1, 3, 31, 62]))
    if with_year and dice.random() < 0.4:
        later = day.replace(year=day.year + dice.choice([1, 2, -1]), day=min(day.day, 28))
    return Told(spliced(statement.text, place, f"{later:%-d %B %Y}" if with_year else f"{later:%-d %B}"))


def _year(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = _not_dated(statement, _YEAR)
    if not found:
        return None
    match = dice.choice(found)
    return Told(spliced(statement.text, match.span(), str(int(match.group()) + dice.choice([1, -1, 2, 10, -100]))))


def _other_name(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """A name gives way to one of another document, of as many words."""
    found = [m for m in NAMES.finditer(statement.text) if m.group() in set(pool.names)]
    if (leading := _LEADING_NAME.match(statement.text)) and leading.group() in set(pool.names):
        found.append(leading)
    if not found:
        return None
    match = dice.choice(found)
    words = len(match.group().split())
    strangers = [
        n for n in pool.names if len(n.split()) == words and n.split()[0] not in statement.passage + statement.title
    ]
    return Told(spliced(statement.text, match.span(), dice.choice(strangers))) if strangers else None


def _names_exchanged(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    found = [m for m in NAMES.finditer(statement.text) if m.group() in set(pool.names)]
    pairs = [(a, b) for a, b in pairwise(found) if a.group() != b.group() and b.start() - a.end() > 12]
    if not pairs:
        return None
    first, second = dice.choice(pairs)
    return Told(spliced(spliced(statement.text, second.span(), first.group()), first.span(), second.group()))


def _unit(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for unit, other in dice.sample(OTHER_UNIT, len(OTHER_UNIT)):
        pattern = rf"{re.escape(unit)}(?= ?\d)" if unit in {"€", "$", "£", "EUR"} else rf"(?<=\d) ?-? ?{unit}\b"
        if match := re.search(pattern, statement.text):
            new = match.group().replace(unit, other)
            return Told(spliced(statement.text, match.span(), new))
    return None


def _negated(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    pattern = DENIABLE.get(statement.language)
    found = list(re.finditer(pattern, statement.text)) if pattern else []
    if not found:
        return None
    match = found[0]
    put = {"en": f"{match.group()} not", "de": f"{match.group()} nicht", "es": f"no {match.group()}"}
    put |= {"fr": f"ne {match.group()} pas", "ru": f"не {match.group()}"}
    return Told(spliced(statement.text, match.span(), put[statement.language]))


def _affirmed(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    for pattern, new in DENIED:
        if match := re.search(pattern, statement.text):
            return changed(statement, spliced(statement.text, match.span(), match.expand(new)))
    return None


def _swap(pairs: tuple[tuple[str, str], ...], statement: Statement, dice: random.Random) -> Told | None:
    for word, other in dice.sample(pairs, len(pairs)):
        if match := re.search(rf"\b{word}\b(?! (?:not|all)\b)", statement.text):
            return Told(spliced(statement.text, match.span(), other))
    return None


def _permission(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return _swap(PERMISSIONS, statement, dice)


def _opposite(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return _swap(OPPOSITES, statement, dice)


def _quantifier(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return _swap(QUANTIFIERS, statement, dice)


def _only_dropped(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    return changed(statement, re.sub(r"\b(?:only|solely|exclusively) ", "", statement.text, count=1))


def _stranger(statement: Statement, pool: Pool, dice: random.Random) -> Statement | None:
    near = [s for s in pool.statements if s.document != statement.document and s.language == statement.language]
    return dice.choice(near) if near else None


def _merged(statement: Statement, pool: Pool, dice: random.Random) -> tuple[str, Statement] | None:
    """The subject of this statement with the predicate of a stranger's."""
    mine = _PREDICATE.search(statement.text)
    subject = statement.text[: mine.start()] if mine else ""
    if mine is None or not analyse(subject, statement.language) or len(subject.split()) > 12:
        return None
    for _ in range(20):
        other = _stranger(statement, pool, dice)
        theirs = _PREDICATE.search(other.text) if other else None
        if other and theirs and len(other.text[theirs.start() :].split()) >= 5:
            return statement.text[: mine.start()] + other.text[theirs.start() :], other
    return None


def _merged_one(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    made = _merged(statement, pool, dice)
    return Told(made[0], (dice.choice([statement, made[1]]),)) if made else None


def _merged_both(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    made = _merged(statement, pool, dice)
    return Told(made[0], (statement, made[1])) if made else None


def _invented(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    other = _stranger(statement, pool, dice)
    return Told(other.text) if other else None


def _other_row(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """The cell of another row of the same table."""
    strangers = [(o, n) for o in statement.others for n in range(1, len(o)) if _tells(statement, n, o[n])]
    if not strangers or not statement.cells[0]:
        return None
    other, column = dice.choice(strangers)
    return Told(f"For {statement.cells[0]}, the {statement.header[column].lower()} is {other[column]}.")


def _tells(statement: Statement, column: int, cell: str) -> bool:
    return bool(cell and statement.header[column] and cell not in statement.cells)


def _other_column(statement: Statement, pool: Pool, dice: random.Random) -> Told | None:
    """The cell of another column of the same row."""
    filled = [n for n in range(1, len(statement.cells)) if statement.cells[n] and statement.header[n]]
    pairs = [(a, b) for a in filled for b in filled if statement.cells[a] != statement.cells[b]]
    if not pairs or not statement.cells[0]:
        return None
    column, wrong = dice.choice(pairs)
    return Told(f"For {statement.cells[0]}, the {statement.header[column].lower()} is {statement.cells[wrong]}.")


NUMBERS, DATES, NAMED, NEGATION, OTHER = "numbers", "dates", "names", "negation", "the rest"
RULES: dict[str, tuple[str, Rule]] = {
    "number changed": (NUMBERS, _number), "decimal changed": (NUMBERS, _decimal),
    "numbers exchanged": (NUMBERS, _exchanged), "range changed": (NUMBERS, _range),
    "ordinal changed": (NUMBERS, _ordinal), "number word changed": (NUMBERS, _number_word),
    "date changed": (DATES, _day), "year changed": (DATES, _year),
    "other name": (NAMED, _other_name), "names exchanged": (NAMED, _names_exchanged),
    "negated": (NEGATION, _negated), "denial taken away": (NEGATION, _affirmed),
    "permission turned": (NEGATION, _permission),
    "unit changed": (OTHER, _unit), "opposite": (OTHER, _opposite), "quantifier changed": (OTHER, _quantifier),
    "only dropped": (OTHER, _only_dropped), "merged, one cited": (OTHER, _merged_one),
    "merged, both cited": (OTHER, _merged_both), "invented": (OTHER, _invented),
}  # fmt: skip
ROW_RULES: dict[str, tuple[str, Rule]] = {
    "cell of another row": (OTHER, _other_row), "cell of another column": (OTHER, _other_column),
}  # fmt: skip

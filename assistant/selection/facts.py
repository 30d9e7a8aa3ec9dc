"""The figures of a text: numbers with their units, dates and names, by which sentences are ranked. Pure.

Whether a sentence agrees with its quote, or one document with another, is another question, with a reading of its own:
``assistant/claims``, ``measures``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_WORD_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "twice": 2, "once": 1,
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_UNITS = {
    "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "$": "usd", "usd": "usd", "£": "gbp", "gbp": "gbp",
    "%": "%", "percent": "%", "per cent": "%", "°c": "°c",
    "second": "second", "sec": "second", "s": "second", "minute": "minute", "min": "minute", "hour": "hour",
    "h": "hour", "hr": "hour", "day": "day", "week": "week", "month": "month", "year": "year", "night": "night",
    "mm": "mm", "cm": "cm", "m": "m", "metre": "m", "meter": "m", "km": "km", "kilometre": "km", "kilometer": "km",
    "g": "g", "kg": "kg", "mg": "mg", "l": "l", "litre": "l", "liter": "l", "ml": "ml", "mg/l": "mg/l",
    "kb": "kb", "mb": "mb", "gb": "gb", "tb": "tb", "v": "v", "mv": "mv", "ma": "ma", "mah": "mah", "w": "w",
    "hz": "hz", "khz": "khz", "mhz": "mhz", "ntu": "ntu", "ppm": "ppm", "bar": "bar", "people": "person",
    "person": "person", "employee": "person",
}  # fmt: skip
# A number that names something ("form 12", "section 4") has no unit; longest alternatives are tried first.
_UNIT_ALTERNATIVES = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SPELT = "|".join(sorted(_WORD_NUMBERS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<sign>[€$£]|\b(?:eur|usd|gbp)\s?)?\s?"
    rf"(?P<digits>(?<![\w.])[-−]?\d{{1,3}}(?:[,\u202f\u00a0 ]\d{{3}})+(?:\.\d+)?(?!\d)"
    rf"|(?<![\w.])[-−]?\d+(?:[.,:]\d+)?|\b(?:{_SPELT})\b)"
    rf"(?:[\s\u00a0-]*(?:working |calendar |business |full |paid )?(?P<unit>{_UNIT_ALTERNATIVES})s?(?![a-z]))?",
    re.IGNORECASE,
)
_MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(r"\b(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH_NAMES})\b\.?,?(?:\s+(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH_NAMES})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d),?(?:\s+(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<name>{_MONTH_NAMES})\b\.?\s+(?P<y>\d{{4}})\b", re.IGNORECASE),
)
_NAME = re.compile(r"(?<![\w’'])(?:Dr\.\s+)?[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ0-9][\w’'-]*(?:\s+(?:[A-ZÀ-Þ][\w’'-]+|\d{2,4}))*")
_STARTERS = frozenset(
    ("i", "the", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number; ``unit`` is "" where none stands beside it."""

    value: Decimal
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date; 0 stands for a part that is not given."""

    year: int
    month: int
    day: int
    written: str

    def agrees(self, other: Day) -> bool:
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine == theirs or 0 in (mine, theirs) for mine, theirs in pairs)


def dates(text: str) -> list[Day]:
    return [day for day, _ in _dated(text)]


def _dated(text: str) -> list[tuple[Day, tuple[int, int]]]:
    """Dates with where they stand; of overlapping readings the first pattern wins."""
    found: list[tuple[Day, tuple[int, int]]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
            day = Day(int(parts.get("y") or 0), month, int(parts.get("d") or 0), match.group().strip(" ,"))
            taken = any(start < match.end() and match.start() < end for _, (start, end) in found)
            if not taken and 1 <= month <= 12 and day.day <= 31:
                found.append((day, match.span()))
    return found


def without_dates(text: str) -> str:
    for _, (start, end) in _dated(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def quantities(text: str) -> list[Quantity]:
    """Numbers in figures and words, dates left out."""
    found = []
    for match in _NUMBER.finditer(without_dates(text)):
        value = _value(match["digits"])
        if value is not None:
            unit = _UNITS.get((match["unit"] or match["sign"] or "").strip().lower(), "")
            found.append(Quantity(value, unit, match.group().strip()))
    return found


def _value(written: str) -> Decimal | None:
    if written.lower() in _WORD_NUMBERS:
        return Decimal(_WORD_NUMBERS[written.lower()])
    plain = written.replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?:\.\d+)?", plain):
        plain = re.sub(r"[,\u202f\u00a0 ]", "", plain)
    try:
        return Decimal(plain.replace(",", ".").replace(":", ".")).normalize()
    except InvalidOperation:
        return None


def names(text: str) -> list[str]:
    """Runs of capitalised words that are not merely the start of a sentence, months and days left out."""
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        starts_sentence = not re.search(r"[\w,)”\"’]\s*$", text[: match.start()])
        if starts_sentence:
            words = words[1:]  # "Travel is …", "Contact Jun Tanabe": a capital here says nothing
        if words and words[0].lower() not in _MONTHS and words[0].lower() not in _STARTERS:
            found.append(" ".join(words))
    return found

"""Days of the week, months without a day, and times of day, as they stand in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.claims.counted import ALSO_WORDS, BARE_MONTHS, CAPITAL_MONTHS, CLOCK_WORDS, MONTH_FOLLOWS, WEEKDAYS

_WORDS = re.compile(r"[^\W\d_]+")
_NOON, _DAY = 12, 24
_CLOCKS = (
    re.compile(r"(?<![\w:.,])(?P<h>\d{1,2})(?:[:.](?P<m>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE),
    re.compile(r"(?<![\w:.,])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?!:?\d)(?:\s?(?:uhr|h|hrs)\b)?", re.IGNORECASE),
    re.compile(r"(?<![\w:.,])(?P<h>\d{1,2})(?:\.(?P<m>[0-5]\d))?\s?uhr\b", re.IGNORECASE),
    re.compile(r"(?<![\w:.,])(?P<h>\d{1,2})\s?h\s?(?P<m>[0-5]\d)\b", re.IGNORECASE),
)
Found = tuple[int, int, int]  # where it begins and ends, and what it is


def weekdays(text: str) -> Iterator[Found]:
    """Monday is 1."""
    for match in _WORDS.finditer(text):
        if number := WEEKDAYS.get(match.group().lower()):
            yield match.start(), match.end(), number


def bare_months(text: str, language: str) -> Iterator[Found]:
    """January is 1. "May" and "March" are months only behind a word like "in"."""
    before = ""
    for match in _WORDS.finditer(text):
        word = match.group().lower()
        number = CAPITAL_MONTHS.get(word) if match.group()[0].isupper() else None
        if word in ALSO_WORDS and before not in MONTH_FOLLOWS:
            number = None
        number = number or BARE_MONTHS.get(language, {}).get(word)
        if number:
            yield match.start(), match.end(), number
        before = word


def clocks(text: str) -> Iterator[Found]:
    """In minutes since midnight: "2:30 pm", "14:30", "14.30 Uhr", "noon"."""
    for pattern in _CLOCKS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            hour, half = int(parts["h"]), (parts.get("half") or "").lower()
            if hour > (_NOON if half else _DAY):
                continue
            hour = hour % _NOON + _NOON * (half == "p") if half else hour % _DAY
            yield match.start(), match.end(), 60 * hour + int(parts["m"] or 0)
    for match in _WORDS.finditer(text):
        if match.group().lower() in CLOCK_WORDS:
            yield match.start(), match.end(), int(CLOCK_WORDS[match.group().lower()])

"""What every rule is given, and what it makes. A rule says a true statement again, or falsifies it, or gives None where
it does not apply."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.grounding.sources import Statement
from config.grounding.wordlists import MONTHS

DAY_MONTH = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b(?:,? (\d{{4}})\b)?")
MONTH_DAY = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}})\b(?:[ ,]+(\d{{4}})\b)?")
ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything that may be swapped in: other statements, and the names that occur in the set."""

    statements: Sequence[Statement]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and the statements whose passages it cites; empty stands for the one it was made from."""

    sentence: str
    cites: tuple[Statement, ...] = field(default=())


Rule = Callable[[Statement, Pool, random.Random], "Told | None"]


def changed(statement: Statement, sentence: str | None) -> Told | None:
    """None when nothing was changed."""
    if sentence is None or sentence.split() == statement.text.split():
        return None
    return Told(sentence)


def days_in(text: str) -> list[tuple[tuple[int, int], date, bool]]:
    """(place, date, whether a year is given) of the English and ISO dates of a text."""
    found: list[tuple[tuple[int, int], date, bool]] = []
    for pattern, order in ((DAY_MONTH, "dmy"), (MONTH_DAY, "mdy"), (ISO_DAY, "ymd")):
        for match in pattern.finditer(text):
            parts = dict(zip(order, match.groups(), strict=True))
            month = int(parts["m"]) if parts["m"].isdigit() else MONTHS.index(parts["m"]) + 1
            try:
                day = date(int(parts["y"] or 2000), month, int(parts["d"]))
            except ValueError:
                continue
            if not any(start < match.end() and match.start() < end for (start, end), _, _ in found):
                found.append((match.span(), day, parts["y"] is not None))
    return found


def spliced(text: str, place: tuple[int, int], new: str) -> str:
    return text[: place[0]] + new + text[place[1] :]

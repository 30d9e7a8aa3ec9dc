"""Reads the environment's variables. What cannot be read is written down, and the system checks refuse to start with
it (``config/checks.py``); until then its default stands."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from math import inf
from typing import TypeVar

N = TypeVar("N", int, float, Decimal)

_ON, _OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

# Sentences without the values, which may be secrets in the wrong place.
mistakes: list[str] = []


def text(name: str, default: str = "") -> str:
    """Empty means the default, here and below."""
    return os.environ.get(name, "").strip() or default


def listed(name: str, default: str = "") -> list[str]:
    """Separated by commas."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def switch(name: str, default: bool = False) -> bool:
    given = text(name).lower()
    if given and given not in _ON | _OFF:
        mistakes.append(f"{name} is neither on nor off. Write 1 or 0.")
        return default
    return given in _ON if given else default


def whole(name: str, default: int, least: int = 0, most: float = inf) -> int:
    return _number(name, default, int, "a whole number", least, most)


def number(name: str, default: float, least: float = 0, most: float = inf) -> float:
    return _number(name, default, float, "a number", least, most)


def amount(name: str) -> Decimal:
    return _number(name, Decimal(0), Decimal, "an amount like 0.25", 0, inf)


def level(name: str, default: str) -> str:
    """How much is logged."""
    given = text(name, default).upper()
    if given not in _LEVELS:
        mistakes.append(f"{name} is none of {', '.join(_LEVELS)}.")
        return default
    return given


def _number(name: str, default: N, read: Callable[[str], N], what: str, least: float, most: float) -> N:
    given = text(name)
    if not given:
        return default
    try:
        found = read(given)
        within = least <= found <= most
    except (ValueError, InvalidOperation):  # the comparison raises it too, for a Decimal that is no number
        mistakes.append(f"{name} is not {what}.")
        return default
    if not within:
        mistakes.append(f"{name} must be {f'from {least} to {most}' if most != inf else f'{least} or more'}.")
        return default
    return found

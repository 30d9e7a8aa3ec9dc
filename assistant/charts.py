"""Where the marks of a picture go, in units of its view box. Pure: numbers in, positions out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720.0, 200.0
CURVE_HEIGHT = 260.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 4.0, 14.0, 26.0
_BAR = 0.68  # of the room a day has
_LABEL_EVERY = 7


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle; ``kind`` names its colour and pattern."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day: its blocks from the ground up, and what to say of it."""

    blocks: tuple[Block, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    columns: tuple[Column, ...]
    levels: tuple[Tick, ...]  # heights with their numbers
    days: tuple[Tick, ...]  # middles of days with their dates
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    ground: float = HEIGHT - _BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


def columns(days: Sequence[date], rows: Sequence[Sequence[tuple[str, float]]], said: Sequence[str]) -> Picture:
    """Columns of stacked blocks; ``rows`` has for each day (kind, amount) from the ground up."""
    top = ceiling(max((sum(amount for _, amount in row) for row in rows), default=0))
    room = (WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    scale = (HEIGHT - _TOP - _BOTTOM) / top
    ground = HEIGHT - _BOTTOM
    made = []
    for at, row in enumerate(rows):
        blocks, foot = [], ground
        for kind, amount in row:
            foot -= amount * scale
            x, width = _LEFT + room * (at + (1 - _BAR) / 2), room * _BAR
            if amount:
                blocks.append(Block(kind, round(x, 1), round(foot, 1), round(width, 1), round(amount * scale, 1)))
        made.append(Column(tuple(blocks), said[at]))
    levels = tuple(Tick(round(ground - part * top * scale, 1), f"{part * top:g}") for part in (0, 0.5, 1))
    last = len(days) - 1
    named = [(at, day) for at, day in enumerate(days) if (last - at) % _LABEL_EVERY == 0]
    dates = tuple(Tick(round(_LEFT + room * (at + 0.5), 1), f"{day.day} {day:%b}") for at, day in named)
    return Picture(tuple(made), levels, dates)


def ceiling(amount: float) -> float:
    """The next round number: 1, 2, 4 or 6 times a power of ten; halves of it are round too. At least 0.2."""
    if amount <= 0.2:
        return 2.0 if amount <= 0 else 0.2
    power = 10.0 ** math.floor(math.log10(amount))
    return next(step * power for step in (1, 2, 4, 6, 10) if amount <= step * power * (1 + 1e-9))


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over shares from 0 to 1 on both sides; ``marked`` is a place on it, ``limit`` a height."""

    line: str
    marked: tuple[float, float]
    limit: float | None
    levels: tuple[Tick, ...]
    steps: tuple[Tick, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    ground: float = CURVE_HEIGHT - _BOTTOM
    width: float = WIDTH
    height: float = CURVE_HEIGHT


def curve(places: Sequence[tuple[float, float]], marked: tuple[float, float], limit: float | None) -> Curve:
    """A line through (across, up) shares in the order given, with percent at both sides."""
    top = min(1.0, ceiling(max([up for _, up in places] + [limit or 0.0], default=0.0)))
    wide, high = WIDTH - _LEFT - _RIGHT, CURVE_HEIGHT - _TOP - _BOTTOM

    def at(across: float, up: float) -> tuple[float, float]:
        return round(_LEFT + across * wide, 1), round(CURVE_HEIGHT - _BOTTOM - min(up, top) / top * high, 1)

    return Curve(
        line=" ".join(f"{x},{y}" for x, y in (at(*place) for place in places)),
        marked=at(*marked),
        limit=None if limit is None else at(0.0, limit)[1],
        levels=tuple(Tick(at(0.0, part * top)[1], f"{part * top * 100:g} %") for part in (0, 0.5, 1)),
        steps=tuple(Tick(at(part, 0.0)[0], f"{part:.0%}".replace("%", " %")) for part in (0, 0.25, 0.5, 0.75, 1)),
    )

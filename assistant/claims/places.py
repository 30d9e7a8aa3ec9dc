"""Which place of a quote a place of a sentence speaks of: the one with the same words around it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.claims.reading import NUMBER, PERIOD, Token

REACH = 6  # tokens to either side
_COMMON = 0.35  # weight of a function word
_UNIT_AGREES = 0.8
Run = tuple[int, int]  # first and last position of the tokens compared


def likeness(mine: Sequence[Token], here: Run, theirs: Sequence[Token], there: Run) -> float:
    """How alike the words around two places are: near words on the same side count most. 0 to about 4."""
    total = 0.0
    around = _around(theirs, there)
    for key, places in _around(mine, here).items():
        if key not in around:
            continue
        weight, total_of_key = _weight(key, mine, here, places), 0.0
        for place in places:
            nearest = max(1.0 / (1 + abs(place - other)) / min(abs(place), abs(other)) ** 0.5 for other in around[key])
            total_of_key = max(total_of_key, nearest)
        total += weight * total_of_key
    one, other = mine[here[0]], theirs[there[0]]
    if one.kind == other.kind == NUMBER and one.unit and one.unit == other.unit:
        total += _UNIT_AGREES
    return total


def _around(tokens: Sequence[Token], run: Run) -> dict[str, list[int]]:
    """Keys near a run with their signed distances from its edges."""
    found: dict[str, list[int]] = {}
    for step in range(1, REACH + 1):
        for position, distance in ((run[0] - step, -step), (run[1] + step, step)):
            if 0 <= position < len(tokens):
                found.setdefault(_key(tokens[position]), []).append(distance)
    return found


def _key(token: Token) -> str:
    if token.key:
        return token.key
    unit = token.unit if token.kind == PERIOD else ""
    return f"{token.kind}:{min(token.values) if token.values else token.day}{unit}"


def _weight(key: str, tokens: Sequence[Token], run: Run, places: Sequence[int]) -> float:
    place = places[0]
    token = tokens[run[0] + place if place < 0 else run[1] + place]
    return _COMMON if token.common else 1.0

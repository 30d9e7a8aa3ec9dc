"""How much each way of finding counts, and how to try other amounts for the length of a search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

LEXICAL_WEIGHT = 1.2
# Among passages that say the same in several languages the asker's own goes first.
LANGUAGE_BONUS = 0.1
# A document whose replacement the asker may read still shows up, behind what replaced it; so does one that is not in
# force on the day of the question.
SUPERSEDED_FACTOR = 0.6


@dataclass(frozen=True, slots=True)
class Tuning:
    """The amounts of a search. ``rerank``: whether the re-ranking model, where there is one, is used."""

    lexical_weight: float = LEXICAL_WEIGHT
    language_bonus: float = LANGUAGE_BONUS
    superseded_factor: float = SUPERSEDED_FACTOR
    rerank: bool = True


_USUAL = Tuning()
_tuning: ContextVar[Tuning] = ContextVar("tuning", default=_USUAL)


def tuning() -> Tuning:
    """What holds for this search."""
    return _tuning.get()


@contextmanager
def using(other: Tuning) -> Iterator[None]:
    """Searches inside it use these amounts."""
    token = _tuning.set(other)
    try:
        yield
    finally:
        _tuning.reset(token)

"""Which answerers somebody may choose from when they ask once more."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from assistant.endpoints.registry import Known, known
from assistant.endpoints.value import Endpoint
from assistant.generators import Generator, get_generator
from assistant.generators.quoting import QuotingGenerator
from assistant.generators.routing import RoutedGenerator

QUOTING = "quoting"


@dataclass(frozen=True, slots=True)
class Choice:
    """``key`` is what an answer remembers; ``label`` is what people read."""

    key: str
    label: str


def choices() -> tuple[Choice, ...]:
    """All that can answer now, the usual one first. One alone is no choice, and is not offered."""
    quoting = Choice(QUOTING, "Quotes alone, without a language model")
    usual, others = _models()
    named = [
        Choice(endpoint.name, f"Language model {endpoint.name.removeprefix('openai:')}")
        for endpoint in (*usual, *others)
    ]
    return (*named, quoting) if usual else (quoting, *named)


def generator_for(key: str) -> Generator:
    """The one that was chosen; the usual one when none was, or when that is not offered any more.

    Raises ConfigurationError as ``get_generator`` does.
    """
    if key == QUOTING:
        return QuotingGenerator()
    usual, others = _models()
    chosen = [endpoint for endpoint in (*usual, *others) if endpoint.name == key]
    return RoutedGenerator(Known(tuple(chosen[:1]))) if chosen else get_generator()


def _models() -> tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]:
    """Those that answer anyway, and the one that the environment names although quotes are the usual answer."""
    spare = settings.GENERATOR == QUOTING and settings.GENERATOR_URL and settings.GENERATOR_MODEL
    return known().endpoints, (Endpoint.from_settings(),) if spare else ()

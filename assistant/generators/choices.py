"""Which answerers somebody may choose from when they ask once more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings

from assistant.endpoints.registry import Known, known
from assistant.endpoints.rows import ModelEndpoint
from assistant.endpoints.value import ENVIRONMENT, Endpoint
from assistant.generators import Generator, get_generator
from assistant.generators.quoting import QuotingGenerator
from assistant.generators.routing import RoutedGenerator
from knowledge.errors import ConfigurationError

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


def generator_for(key: str, promoted: str = "") -> Generator:
    """The one that was chosen; the usual one when none was, or when that is not offered any more.

    ``promoted`` is "quoting" or the id of the endpoint that goes first where nobody chose.
    Raises ConfigurationError as ``get_generator`` does.
    """
    if key == QUOTING:
        return QuotingGenerator()
    usual, others = _models()
    chosen = [endpoint for endpoint in (*usual, *others) if endpoint.name == key]
    return RoutedGenerator(Known(tuple(chosen[:1]))) if chosen else _promoted(promoted)


def _promoted(wanted: str) -> Generator:
    """The wanted one before all others; as the environment and the rows say when there is none such."""
    if wanted == QUOTING:
        return QuotingGenerator()
    first = endpoint_of(wanted) if wanted else None
    if first is None:
        return get_generator()
    found = known()
    others = (one for one in found.endpoints if one.id != first.id and not one.short_only)
    return RoutedGenerator(Known((replace(first, short_only=False), *others), found.keyless))


def endpoint_of(key: str) -> Endpoint | None:
    """The endpoint of this id, switched on or off, if its key can be read."""
    if key == ENVIRONMENT:
        return Endpoint.from_settings() if settings.GENERATOR_URL and settings.GENERATOR_MODEL else None
    number = key.removeprefix("row:")
    row = ModelEndpoint.objects.filter(pk=int(number)).first() if number.isdigit() else None
    if row is None:
        return None
    try:
        return Endpoint.from_row(row)
    except ConfigurationError:
        return None


def _models() -> tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]:
    """Those that answer anyway, and the one that the environment names although quotes are the usual answer."""
    spare = settings.GENERATOR == QUOTING and settings.GENERATOR_URL and settings.GENERATOR_MODEL
    return known().endpoints, (Endpoint.from_settings(),) if spare else ()

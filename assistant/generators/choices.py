"""Which answerers somebody may choose from when they ask once more."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from assistant.generators import Generator, get_generator
from assistant.generators.openai_compatible import Endpoint, OpenAICompatibleGenerator
from assistant.generators.quoting import QuotingGenerator

QUOTING = "quoting"


@dataclass(frozen=True, slots=True)
class Choice:
    """``key`` is what an answer remembers; ``label`` is what people read."""

    key: str
    label: str


def choices() -> tuple[Choice, ...]:
    """All that can answer now, the usual one first. One alone is no choice, and is not offered."""
    quoting = Choice(QUOTING, "Quotes alone, without a language model")
    if not (settings.GENERATOR_URL and settings.GENERATOR_MODEL):
        return (quoting,)
    model = Choice(f"openai:{settings.GENERATOR_MODEL}", f"Language model {settings.GENERATOR_MODEL}")
    return (quoting, model) if settings.GENERATOR == QUOTING else (model, quoting)


def generator_for(key: str) -> Generator:
    """The one that was chosen; the usual one when none was, or when that is not offered any more.

    Raises ConfigurationError as ``get_generator`` does.
    """
    if key not in {choice.key for choice in choices()}:
        return get_generator()
    return QuotingGenerator() if key == QUOTING else OpenAICompatibleGenerator(Endpoint.from_settings())

"""Generators: ``get_generator()`` gives the one the settings name."""

from __future__ import annotations

from django.conf import settings

from assistant.generators.base import Chat, Generator, Messages
from assistant.generators.openai_compatible import Endpoint, OpenAICompatibleGenerator
from assistant.generators.quoting import QuotingGenerator
from knowledge.errors import ConfigurationError

__all__ = ["Chat", "Generator", "Messages", "get_chat", "get_generator"]


def get_generator() -> Generator:
    """Raises ConfigurationError when the settings name no generator there is, or leave out its address."""
    if settings.GENERATOR == "quoting":
        return QuotingGenerator()
    if settings.GENERATOR == "openai":
        if not settings.GENERATOR_URL or not settings.GENERATOR_MODEL:
            raise ConfigurationError(
                "FOOTNOTE_GENERATOR=openai needs FOOTNOTE_GENERATOR_URL and FOOTNOTE_GENERATOR_MODEL."
            )
        return OpenAICompatibleGenerator(Endpoint.from_settings())
    raise ConfigurationError(f"FOOTNOTE_GENERATOR is {settings.GENERATOR!r}; it can be quoting or openai.")


def get_chat(seconds: float, max_tokens: int) -> Chat | None:
    """The configured language model for something brief; None when answers are written without one."""
    if settings.GENERATOR != "openai":
        return None
    return OpenAICompatibleGenerator(Endpoint.from_settings().brief(seconds, max_tokens))

"""Generators: ``get_generator()`` gives what answers now, by the settings and the administrators' endpoints."""

from __future__ import annotations

from assistant.endpoints.calls import Journal
from assistant.endpoints.registry import known
from assistant.generators.base import Chat, Generator, Messages
from assistant.generators.quoting import QuotingGenerator
from assistant.generators.routing import RoutedGenerator, side_chat

__all__ = ["Chat", "Generator", "Messages", "get_chat", "get_generator"]


def get_generator() -> Generator:
    """Raises ConfigurationError when the settings name no generator there is, or leave out its address."""
    found = known()
    return RoutedGenerator(found) if found.endpoints or found.keyless else QuotingGenerator()


def get_chat(seconds: float, max_tokens: int, journal: Journal) -> Chat | None:
    """A language model for something brief; None when none may be asked. Raises as ``get_generator``."""
    return side_chat(known(), seconds, max_tokens, journal)

"""The endpoints there are, in the order in which they are asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from assistant.endpoints.rows import ModelEndpoint
from assistant.endpoints.value import Endpoint
from knowledge.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Known:
    """The usable endpoints, the environment's first, and the names of those whose key cannot be read."""

    endpoints: tuple[Endpoint, ...]
    keyless: tuple[str, ...] = ()

    def for_question(self, *, short: bool) -> list[Endpoint]:
        """In the order to ask them. A short question goes to those made for short ones first, a long one never."""
        if not short:
            return [endpoint for endpoint in self.endpoints if not endpoint.short_only]
        return sorted(self.endpoints, key=lambda endpoint: not endpoint.short_only)


def known() -> Known:
    """Raises ConfigurationError when the environment names no generator there is, or leaves out its address."""
    usable: list[Endpoint] = []
    keyless: list[str] = []
    if settings.GENERATOR == "openai":
        if not settings.GENERATOR_URL or not settings.GENERATOR_MODEL:
            raise ConfigurationError(
                "FOOTNOTE_GENERATOR=openai needs FOOTNOTE_GENERATOR_URL and FOOTNOTE_GENERATOR_MODEL."
            )
        usable.append(Endpoint.from_settings())
    elif settings.GENERATOR != "quoting":
        raise ConfigurationError(f"FOOTNOTE_GENERATOR is {settings.GENERATOR!r}; it can be quoting or openai.")
    for row in ModelEndpoint.objects.filter(enabled=True):
        try:
            usable.append(Endpoint.from_row(row))
        except ConfigurationError:
            keyless.append(row.name)
    return Known(tuple(usable), tuple(keyless))

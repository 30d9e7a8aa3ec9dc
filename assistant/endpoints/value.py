"""An endpoint as a value: where a model is, how long to wait for it, what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.conf import settings

from assistant.endpoints.keys import read_key
from assistant.endpoints.rows import ModelEndpoint

ENVIRONMENT = "environment"  # the key of the endpoint that the environment names


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Times are in seconds, sizes in tokens, prices per million tokens. The key is kept out of its representation.

    ``key`` opens the endpoint; ``id`` names it in the rows about its health.
    """

    url: str
    model: str
    key: str = field(repr=False)
    connect: float
    first_token: float
    idle: float
    total: float
    max_tokens: int
    id: str = ENVIRONMENT
    name: str = ""
    context_window: int = 0  # 0: not known, everything is sent
    short_only: bool = False
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    currency: str = ""

    @classmethod
    def from_settings(cls) -> Endpoint:
        return cls(
            url=settings.GENERATOR_URL.rstrip("/"),
            model=settings.GENERATOR_MODEL,
            key=settings.GENERATOR_KEY,
            connect=settings.GENERATOR_CONNECT_SECONDS,
            first_token=settings.GENERATOR_FIRST_TOKEN_SECONDS,
            idle=settings.GENERATOR_IDLE_SECONDS,
            total=settings.GENERATOR_TOTAL_SECONDS,
            max_tokens=settings.GENERATOR_MAX_TOKENS,
            name=f"openai:{settings.GENERATOR_MODEL}"[:120],
            context_window=settings.GENERATOR_CONTEXT_TOKENS,
            price_in=settings.GENERATOR_PRICE_IN,
            price_out=settings.GENERATOR_PRICE_OUT,
            currency=settings.GENERATOR_CURRENCY,
        )

    @classmethod
    def from_row(cls, row: ModelEndpoint) -> Endpoint:
        """Raises ConfigurationError when its key cannot be read."""
        return cls(
            url=row.base_url.rstrip("/"),
            model=row.model,
            key=read_key(row.key_name),
            connect=row.connect_seconds,
            first_token=row.first_token_seconds,
            idle=row.idle_seconds,
            total=row.total_seconds,
            max_tokens=row.max_tokens,
            id=row_id(row),
            name=row.name,
            context_window=row.context_window,
            short_only=row.serves == ModelEndpoint.Serves.SHORT,
            price_in=row.price_in,
            price_out=row.price_out,
            currency=row.currency,
        )

    @property
    def has_price(self) -> bool:
        return bool(self.price_in or self.price_out)

    def brief(self, seconds: float, max_tokens: int) -> Endpoint:
        """The same model, asked for little in little time."""
        return replace(self, first_token=seconds, idle=seconds, total=seconds, max_tokens=max_tokens)

    def hurried(self, seconds: float) -> Endpoint:
        """The same, with no more than so many seconds to begin."""
        return replace(self, first_token=min(self.first_token, seconds), connect=min(self.connect, seconds))


def row_id(row: ModelEndpoint) -> str:
    return f"row:{row.pk}"

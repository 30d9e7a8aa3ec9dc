"""What was asked of language models for one answer: who, how it went, how long, how many tokens, at what cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from assistant.endpoints.value import Endpoint

OK, STOPPED = "ok", "stopped"
_PER_MILLION = Decimal(1_000_000)
_CHARACTERS_PER_TOKEN = 4  # an estimate, for endpoints that do not count


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counted them."""

    tokens_in: int
    tokens_out: int


@dataclass(slots=True)
class Call:
    """One request. ``outcome`` is "ok", "stopped" or the code of what went wrong; times are in milliseconds."""

    endpoint: str
    model: str
    purpose: str = "answer"
    outcome: str = ""
    asked: bool = True  # False: passed over without a request
    used: bool = False  # its words, or some of them, are in the answer
    first_token_ms: int | None = None
    total_ms: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: Decimal = Decimal(0)
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "cost": str(self.cost)}


@dataclass(slots=True)
class Journal:
    """The calls of one answer, in order. ``settle`` is given each call when it is over."""

    settle: Callable[[Call], None] | None = None
    calls: list[Call] = field(default_factory=list)

    def passed_over(self, endpoint: Endpoint, why: str) -> None:
        self.calls.append(Call(endpoint.name, endpoint.model, outcome=why, asked=False))

    def keyless(self, name: str) -> None:
        self.calls.append(Call(name, "", outcome="no_key", asked=False))

    def begin(self, endpoint: Endpoint, prompt: str, purpose: str = "answer") -> Timing:
        call = Call(endpoint.name, endpoint.model, purpose)
        self.calls.append(call)
        return Timing(endpoint, call, prompt, self.settle)

    def unused(self) -> None:
        """None of what was said came into the answer."""
        for call in self.calls:
            call.used = False

    @property
    def answers(self) -> list[Call]:
        """Those that were to write the answer, passed over or not."""
        return [call for call in self.calls if call.purpose == "answer"]

    @property
    def answering(self) -> Call | None:
        """The call whose words the answer has, whether or not it came to its end."""
        return next((call for call in reversed(self.calls) if call.used), None)

    @property
    def failed(self) -> list[Call]:
        """What was passed over or broke down before the answer was written."""
        return [call for call in self.answers if not call.used]


class Timing:
    """Follows one call from its beginning to its end."""

    def __init__(self, endpoint: Endpoint, call: Call, prompt: str, settle: Callable[[Call], None] | None) -> None:
        self.call = call
        self._endpoint = endpoint
        self._prompt = prompt
        self._settle = settle
        self._said = 0
        self._started = time.monotonic()

    def hearing(self, pieces: Iterator[str]) -> Iterator[str]:
        """The pieces as they come, with the time of the first and the size of all noted."""
        for piece in pieces:
            if piece and self.call.first_token_ms is None:
                self.call.first_token_ms = self._elapsed()
            self._said += len(piece)
            yield piece

    def end(self, outcome: str, usage: Usage | None) -> None:
        """Counts tokens and cost as the endpoint says, else by estimate; nothing where neither word nor count came."""
        call = self.call
        call.outcome, call.total_ms = outcome, self._elapsed()
        reached = usage is not None or self._said > 0
        if usage is not None:
            call.tokens_in, call.tokens_out = usage.tokens_in, usage.tokens_out
        elif reached:
            call.tokens_in, call.tokens_out = estimate(len(self._prompt)), estimate(self._said)
            call.estimated = True
        call.cost = cost(self._endpoint, call.tokens_in, call.tokens_out)
        call.currency = self._endpoint.currency if self._endpoint.has_price else ""
        if self._settle is not None:
            self._settle(call)

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)


def estimate(characters: int) -> int:
    """Tokens in a text of so many characters, rounded up."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


def cost(endpoint: Endpoint, tokens_in: int, tokens_out: int) -> Decimal:
    """In the endpoint's currency, to six places."""
    exact = (tokens_in * endpoint.price_in + tokens_out * endpoint.price_out) / _PER_MILLION
    return exact.quantize(Decimal("0.000001"))


def total(calls: Sequence[Call]) -> tuple[Decimal, str]:
    """What the calls cost together, in the currency of the last that cost something; others stay with their calls."""
    currency = next((call.currency for call in reversed(calls) if call.cost), "")
    return sum((call.cost for call in calls if call.currency == currency), Decimal(0)), currency

"""Asks an endpoint for a word, as an administrator's test: is it there, which model is it, how fast does it begin?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.endpoints import breaker, spending
from assistant.endpoints.calls import OK, Journal
from assistant.endpoints.value import Endpoint
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators.chat_stream import ChatStream
from assistant.generators.openai_compatible import ChatClient
from assistant.generators.prompts import ChatMessage

_TOKENS = 16
_QUESTION: list[ChatMessage] = [{"role": "user", "content": "Answer with one word: which colour has the sky?"}]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came back. ``code`` is "ok" or what went wrong, ``said`` a sentence about it for the administrator."""

    code: str
    said: str

    @property
    def ok(self) -> bool:
        return self.code == OK


def try_out(endpoint: Endpoint) -> Tried:
    """Takes as long as the endpoint's own time-outs allow. The call is counted and its success closes the breaker."""
    journal, heard = Journal(spending.settle), ChatStream()
    timing = journal.begin(endpoint, _QUESTION[0]["content"], "try")
    pieces = ChatClient(replace(endpoint, max_tokens=_TOKENS)).ask(_QUESTION, heard)
    outcome, problem = OK, ""
    try:
        for _ in timing.hearing(pieces):
            pass
    except (GeneratorUnavailable, GeneratorInterrupted) as error:
        # A model that goes on after so few tokens is a model that works.
        if error.code not in {"length", "endless"}:
            outcome, problem = error.code, str(error)
    finally:
        pieces.close()
        timing.end(outcome, heard.usage)
    if problem:
        return Tried(outcome, f"{problem}{_advice(outcome)}")
    breaker.succeeded(endpoint.id)
    call = timing.call
    called = f"calls itself “{heard.model}”" if heard.model else "does not say which model it is"
    counted = "counts its tokens" if heard.usage else "does not count its tokens, so they are estimated"
    first = f"first word after {call.first_token_ms} ms, whole answer after {call.total_ms} ms"
    return Tried(OK, f"It answered: {first}. It {called} and {counted}.")


def _advice(code: str) -> str:
    return {
        "unreachable": " Look at the address, and whether the server runs and may be reached from here.",
        "refused": " Look at the key and the model's name; 404 often means that the address lacks /v1.",
        "slow": " Give it more seconds to the first word, or look at the server's load.",
        "bad_text": " Is this the address of a chat endpoint that streams?",
        "silent": " Is this the address of a chat endpoint that streams?",
    }.get(code, "")

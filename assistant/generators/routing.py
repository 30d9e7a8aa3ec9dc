"""Which endpoint answers: by rule, past those that are broken or too dear, and on to the next when one does not begin.

After the first words were shown nobody else is asked: what was said is kept, and quotes answer the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from django.conf import settings

from assistant.endpoints import breaker, spending
from assistant.endpoints.calls import OK, STOPPED, Journal
from assistant.endpoints.registry import Known
from assistant.endpoints.value import Endpoint
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators.base import Messages
from assistant.generators.chat_stream import ChatStream
from assistant.generators.fitting import fitted
from assistant.generators.manners import Manners
from assistant.generators.openai_compatible import ChatClient
from assistant.generators.prompts import ChatMessage
from knowledge.language import language_of

_WHY = {
    "out_of_budget": "This month's budget for language models is used up.",
    "breaker": "The language model failed again and again, so it is left alone for a while.",
    "no_time": "The language model did not begin to answer in time.",
    "no_key": "The key of the language model cannot be read.",
}
_SHORTEST_CHANCE = 0.5  # seconds: with less left nobody else is asked
_SAMPLE = 600  # characters of a passage that tell its language


class RoutedGenerator:
    """Asks the known endpoints in order until one begins to answer."""

    writes_prose = True

    def __init__(self, known: Known) -> None:
        self._known = known

    @property
    def name(self) -> str:
        return self._known.endpoints[0].name if self._known.endpoints else "language model"

    def stream(self, messages: Messages) -> Iterator[str]:
        """See ``Generator.stream``."""
        until = time.monotonic() + settings.GENERATOR_PATIENCE_SECONDS
        error = GeneratorUnavailable("none", "No language model is set up for this question.")
        for name in self._known.keyless:
            messages.journal.keyless(name)
            error = GeneratorUnavailable("no_key", _WHY["no_key"])
        for endpoint in self._known.for_question(short=is_short(messages)):
            left = until - time.monotonic()
            if why := "no_time" if left < _SHORTEST_CHANCE else _barred(endpoint):
                messages.journal.passed_over(endpoint, why)
                error = error if error.code not in {"none", *_WHY} else GeneratorUnavailable(why, _WHY[why])
                continue
            try:
                yield from _one(endpoint.hurried(left), messages)
                return
            except GeneratorUnavailable as failed:
                error = failed
        raise error


class SideChat:
    """One endpoint in good standing, asked for something brief beside the answer."""

    def __init__(self, endpoint: Endpoint, journal: Journal) -> None:
        self._endpoint = endpoint
        self._journal = journal

    def say(self, chat: Sequence[ChatMessage]) -> Iterator[str]:
        """See ``Chat.say``. How it goes says nothing about how answers would go, so the breaker is not told."""
        heard, outcome = ChatStream(), STOPPED
        timing = self._journal.begin(self._endpoint, "".join(message["content"] for message in chat), "rewrite")
        pieces = ChatClient(self._endpoint).ask(chat, heard)
        try:
            yield from timing.hearing(pieces)
            outcome = OK
        except (GeneratorUnavailable, GeneratorInterrupted) as error:
            outcome = error.code
            raise
        finally:
            pieces.close()
            timing.end(outcome, heard.usage)


def side_chat(known: Known, seconds: float, max_tokens: int, journal: Journal) -> SideChat | None:
    """The endpoint that a short question would go to, if it may be asked now."""
    for endpoint in known.for_question(short=True):
        if spending.allows(endpoint) and breaker.is_closed(endpoint.id):
            return SideChat(endpoint.brief(seconds, max_tokens), journal)
    return None


def is_short(messages: Messages) -> bool:
    """Few words that ask for one thing. A writing without spaces has about three characters to a word. A piece of a
    mode never is: its words are ours, or those of a mail that somebody waits for an answer to."""
    words = max(len(messages.question.split()), len(messages.question) // 12)
    return words <= settings.GENERATOR_SHORT_WORDS and not messages.material.parts and not messages.in_mode


def _barred(endpoint: Endpoint) -> str:
    """Why this endpoint may not be asked now, "" when it may. The breaker comes last: its yes may be a turn to try."""
    if not spending.allows(endpoint):
        return "out_of_budget"
    return "" if breaker.admits(endpoint.id) else "breaker"


def _one(endpoint: Endpoint, messages: Messages) -> Iterator[str]:
    """Asks one endpoint. GeneratorUnavailable when none of its words were given on, GeneratorInterrupted otherwise."""
    chat, heard = fitted(messages, endpoint), ChatStream()
    timing = messages.journal.begin(endpoint, "".join(message["content"] for message in chat))
    pieces = ChatClient(endpoint).ask(chat, heard)
    outcome, retry_after = STOPPED, None
    try:
        for piece in _manners(messages).watch(timing.hearing(pieces)):
            timing.call.used = timing.call.used or bool(piece)
            yield piece
        outcome = OK
    except (GeneratorUnavailable, GeneratorInterrupted) as error:
        outcome, retry_after = error.code, getattr(error, "retry_after", None)
        if timing.call.used and isinstance(error, GeneratorUnavailable):
            raise GeneratorInterrupted(error.code, str(error)) from error
        if not timing.call.used and isinstance(error, GeneratorInterrupted):
            raise GeneratorUnavailable(error.code, str(error)) from error
        raise
    finally:
        pieces.close()
        timing.end(outcome, heard.usage)
        _remember(endpoint, outcome, retry_after)


def _manners(messages: Messages) -> Manners:
    texts = [item.text for item in messages.material.evidence]
    languages = {language_of(messages.question), *(language_of(text[:_SAMPLE]) for text in texts)}
    return Manners(messages.question, languages, " ".join(texts))


def _remember(endpoint: Endpoint, outcome: str, retry_after: float | None) -> None:
    if outcome == OK:
        breaker.succeeded(endpoint.id)
    elif outcome == STOPPED:
        breaker.abandoned(endpoint.id)
    else:
        breaker.failed(endpoint.id, outcome, retry_after)

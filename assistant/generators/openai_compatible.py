"""Any endpoint that speaks the OpenAI chat protocol (vLLM, Ollama, llama.cpp, hosted ones), streamed over HTTP.

Nothing of the key, the address or the endpoint's own error text reaches a log or a message: messages are ours.
"""

from __future__ import annotations

import asyncio
import logging
import math
import ssl
import time
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from accounts import outbound
from assistant.endpoints.value import Endpoint
from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators.chat_stream import ChatStream
from assistant.generators.prompts import ChatMessage

log = logging.getLogger("footnote.answers")
_PULSE_SECONDS = 0.1  # how often the caller gets a chance to stop while nothing comes
_LONGEST_WAIT_ON_429 = 5.0
_CHARACTERS_PER_TOKEN = 8  # no language has more on average; beyond that a stream is endless
_RETRIED_STATUS = {429, 500, 502, 503, 504}
_NOT_UNDERSTOOD = {400, 422}
_ENDLESS = "The language model did not come to an end and was cut off."
_EVERYBODY_KNOWS = {"model", "messages", "stream", "max_tokens"}


class _TryAgain(Exception):  # not an error: a first attempt that may be repeated after ``wait`` seconds
    def __init__(self, wait: float, cause: GeneratorUnavailable, *, plainer: bool = False) -> None:
        super().__init__()
        self.wait = wait
        self.cause = cause
        self.plainer = plainer  # with nothing in the request that a strict endpoint may not know


class ChatClient:
    """Streams one chat completion of one endpoint; a second attempt is made only while nothing was said."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._url = f"{endpoint.url}/chat/completions"

    def ask(self, chat: Sequence[ChatMessage], heard: ChatStream) -> Generator[str]:
        """Pieces of text as ``Generator.stream`` gives them; ``heard`` then holds what the endpoint said of itself.

        Runs its own event loop between two pieces, so close() cancels the request.
        """
        started, body = time.monotonic(), self._body(chat)
        with asyncio.Runner() as runner:
            for attempt in (1, 2):
                try:
                    yield from self._attempt(runner, self._pieces(body, heard), started)
                    return
                except _TryAgain as again:
                    if attempt == 2:
                        raise again.cause from None
                    if again.plainer:
                        body = {name: value for name, value in body.items() if name in _EVERYBODY_KNOWS}
                    yield from _pause(again.wait)

    def _attempt(self, runner: asyncio.Runner, pieces: AsyncIterator[str], started: float) -> Iterator[str]:
        """What comes, and "" when nothing does. After the first words the loop runs a moment at a time, because each
        start of it has its price."""
        clock = _Clock(self._endpoint, started)
        characters = 0
        ear = _Listening(pieces)
        try:
            while True:
                come = runner.run(ear.heard())
                if ear.over:
                    return
                for piece in come:
                    characters += len(piece)
                    yield piece
                    clock.heard()  # after the caller is done with it: its time is not the model's silence
                    if characters > self._endpoint.max_tokens * _CHARACTERS_PER_TOKEN:
                        raise GeneratorInterrupted("endless", _ENDLESS)
                clock.check()
                if not come:
                    yield ""
        finally:
            runner.run(ear.abandon())

    async def _pieces(self, body: dict[str, object], stream: ChatStream) -> AsyncIterator[str]:
        """Opens the request and gives its text. Errors before the first piece are GeneratorUnavailable."""
        spoken = False
        limits = httpx.Timeout(self._endpoint.total, connect=self._endpoint.connect)
        target = await _checked(self._url)
        try:
            async with (
                httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=False, verify=_trust()) as client,
                client.stream(
                    "POST",
                    target.pinned_url,
                    headers={**self._headers(), "Host": target.host_header},
                    json=body,
                    extensions={"sni_hostname": target.host},
                ) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise _refusal(response)
                async for data in response.aiter_bytes():
                    for piece in stream.feed(data):
                        spoken = True
                        yield piece
                    if stream.ended:
                        break
        except httpx.HTTPError as error:
            if spoken:
                raise GeneratorInterrupted("broken_off", "The language model broke off in mid-answer.") from error
            unreachable = GeneratorUnavailable("unreachable", "The language model cannot be reached just now.")
            raise _TryAgain(0.2, unreachable) from None
        except (httpx.InvalidURL, httpx.StreamError) as error:
            raise GeneratorUnavailable("unreachable", "The language model cannot be reached just now.") from error
        except GeneratorInterrupted as error:
            if spoken:
                raise
            raise GeneratorUnavailable(error.code, str(error)) from error
        _check_ending(stream, spoken)

    def _headers(self) -> dict[str, str]:
        key = self._endpoint.key
        return {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def _body(self, chat: Sequence[ChatMessage]) -> dict[str, object]:
        return {
            "model": self._endpoint.model,
            "messages": list(chat),
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_tokens": self._endpoint.max_tokens,
        }


@cache
def _trust() -> ssl.SSLContext:
    """Whom to believe; reading the list of authorities takes as long as finding passages."""
    return httpx.create_ssl_context(trust_env=False)


async def _checked(url: str) -> outbound.Target:
    """Looking a name up may take long, so it is done beside the event loop, where it can be given up."""
    try:
        return await asyncio.to_thread(outbound.check, url)
    except outbound.OutboundRefused as refused:
        # What is wrong with the address is for the log, which the administrator reads, and not for the asker.
        log.error("generator.refused %s", refused)
        raise GeneratorUnavailable("refused_address", "The language model cannot be reached just now.") from refused


class _Clock:
    """Time left: to the first piece, between pieces, in all."""

    def __init__(self, endpoint: Endpoint, started: float) -> None:
        self._endpoint = endpoint
        self._started = self._last = started
        self.spoken = False

    def heard(self) -> None:
        self._last, self.spoken = time.monotonic(), True

    def check(self) -> None:
        now = time.monotonic()
        if not self.spoken and now - self._started > self._endpoint.first_token:
            raise GeneratorUnavailable("slow", "The language model did not begin to answer in time.")
        if self.spoken and now - self._last > self._endpoint.idle:
            raise GeneratorInterrupted("stalled", "The language model fell silent in mid-answer.")
        if now - self._started > self._endpoint.total:
            raise GeneratorInterrupted("slow", "The language model took too long and was cut off.")


class _Listening:
    """Listens as long as its loop runs. ``over``: nothing will come any more."""

    def __init__(self, pieces: AsyncIterator[str]) -> None:
        self.over = False
        self._pieces = pieces
        self._come: list[str] = []
        self._spoken = False
        self._task: asyncio.Task[None] | None = None

    async def heard(self) -> list[str]:
        """The first piece as soon as it is there, later on all that come in a moment; none when none came. Raises what
        listening raised, once the pieces before it were given."""
        self._task = self._task or asyncio.create_task(self._listen() if self._spoken else self._first())
        await asyncio.wait({self._task}, timeout=_PULSE_SECONDS)
        come, self._come = self._come, []
        if self._task.done() and not (come and self._spoken):
            self._task.result()
            self.over, self._task = not come, None
        self._spoken = self._spoken or bool(come)
        return come

    async def _first(self) -> None:
        async for piece in self._pieces:
            self._come.append(piece)
            return

    async def _listen(self) -> None:
        async for piece in self._pieces:
            self._come.append(piece)

    async def abandon(self) -> None:
        """Cancels what is under way, which closes the connection."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with suppress(asyncio.CancelledError, _TryAgain, GeneratorUnavailable, GeneratorInterrupted):
                await self._task
        closing = getattr(self._pieces, "aclose", None)
        if closing is not None:
            await closing()


def _pause(seconds: float) -> Iterator[str]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(_PULSE_SECONDS, seconds))
        yield ""


def _refusal(response: httpx.Response) -> Exception:
    status = response.status_code
    if status in _NOT_UNDERSTOOD:
        return _TryAgain(0.0, GeneratorUnavailable("refused", _refused(status)), plainer=True)
    asked = _retry_after(response.headers.get("Retry-After", ""))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        refused = GeneratorUnavailable("busy", "The language model is busy.", asked)
    else:
        refused = GeneratorUnavailable("refused", _refused(status), asked)
    if status not in _RETRIED_STATUS:
        return refused
    wait = 0.2 if asked is None else asked
    return _TryAgain(wait, refused) if wait <= _LONGEST_WAIT_ON_429 else refused


def _refused(status: int) -> str:
    return f"The language model refused (status {status})."


def _retry_after(written: str) -> float | None:
    """Seconds to wait, from a number or a date; None when nothing or nonsense is written."""
    try:
        seconds = float(written)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(written) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # TypeError: a date without a time zone
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _check_ending(stream: ChatStream, spoken: bool) -> None:
    """Raises unless the model came to an end of its own."""
    if stream.finish == "content_filter":
        message = "The language model's provider withheld the answer."
        raise GeneratorInterrupted("filtered", message) if spoken else GeneratorUnavailable("filtered", message)
    if not spoken:
        raise GeneratorUnavailable("silent", "The language model said nothing.")
    if stream.finish == "length":
        raise GeneratorInterrupted("length", "The language model reached its length limit; its last words are missing.")
    if not stream.complete:
        raise GeneratorInterrupted("broken_off", "The language model broke off in mid-answer.")

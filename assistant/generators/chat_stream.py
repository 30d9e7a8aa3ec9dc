"""Reading the event stream of a chat completion: bytes in, pieces of text out. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.endpoints.calls import Usage
from assistant.errors import GeneratorInterrupted

_NO_ANSWER = "The language model sent something that is not an answer."
_LONGEST_LINE = 1_000_000  # bytes: no honest piece of an answer is longer
_MOST_TOKENS = 100_000_000  # no honest count is larger


@dataclass(slots=True)
class ChatStream:
    """``finish`` is "" until the model says why it ended; ``ended`` is true after the stream's own end mark.

    ``usage`` and ``model`` are what the endpoint says of itself, None and "" when it says nothing.
    """

    finish: str = ""
    ended: bool = False
    usage: Usage | None = None
    model: str = ""
    _line: bytes = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Pieces of text in these bytes. Raises GeneratorInterrupted for bytes that are no such stream."""
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            yield from self._read(_decoded(line))
        if len(self._line) > _LONGEST_LINE:
            raise GeneratorInterrupted("bad_text", _NO_ANSWER)

    @property
    def complete(self) -> bool:
        return self.ended or bool(self.finish)

    def _read(self, line: str) -> Iterator[str]:
        if not line.startswith("data:"):
            return
        payload = line.removeprefix("data:").strip()
        if payload == "[DONE]":
            self.ended = True
            return
        try:
            event = json.loads(payload)
        except ValueError as error:
            raise GeneratorInterrupted("bad_text", _NO_ANSWER) from error
        if not isinstance(event, dict):
            return
        if event.get("error"):
            raise GeneratorInterrupted("refused", "The language model reported an error.")
        self.usage = _usage(event.get("usage")) or self.usage
        if isinstance(model := event.get("model"), str):
            self.model = model[:120]
        choices = event.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                yield from self._choice(choice)

    def _choice(self, choice: dict[str, object]) -> Iterator[str]:
        delta = choice.get("delta")
        content = delta.get("content") if isinstance(delta, dict) else None
        if isinstance(content, str) and content:
            yield content
        if isinstance(reason := choice.get("finish_reason"), str):
            self.finish = reason


def _usage(told: object) -> Usage | None:
    """The counts of an endpoint, when they can be counts."""
    if not isinstance(told, dict):
        return None
    read, said = told.get("prompt_tokens"), told.get("completion_tokens")
    if type(read) is int and type(said) is int and 0 <= read <= _MOST_TOKENS and 0 <= said <= _MOST_TOKENS:
        return Usage(read, said)
    return None


def _decoded(line: bytes) -> str:
    try:
        return line.decode().strip()
    except UnicodeDecodeError as error:
        raise GeneratorInterrupted("bad_text", "The language model sent text that cannot be read.") from error

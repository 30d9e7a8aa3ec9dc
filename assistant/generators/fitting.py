"""As many passages as a model can take in. They keep their numbers: only the last, least fitting ones are left out."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.endpoints.value import Endpoint
from assistant.generators import prompts
from assistant.generators.base import Messages
from assistant.generators.prompts import ChatMessage

_CHARACTERS_PER_TOKEN = 3  # fewer than on average, so that the estimate errs on the safe side
_FRAME = 64  # tokens that the endpoint adds around the messages


def fitted(messages: Messages, endpoint: Endpoint) -> Sequence[ChatMessage]:
    """The chat with the first passages that fit, at least one."""
    if not endpoint.context_window:
        return messages.chat
    room = (endpoint.context_window - endpoint.max_tokens - _FRAME) * _CHARACTERS_PER_TOKEN
    chat: Sequence[ChatMessage] = messages.chat
    evidence = messages.material.evidence
    for count in range(len(evidence) - 1, 0, -1):
        if size(chat) <= room:
            break
        # The rules stay those of the messages, which may be an installation's own.
        chat = [messages.chat[0], *prompts.chat(messages.question, evidence[:count], messages.earlier)[1:]]
    return chat


def size(chat: Sequence[ChatMessage]) -> int:
    """Characters."""
    return sum(len(message["content"]) for message in chat)

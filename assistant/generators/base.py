"""The seam to what writes answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.endpoints.calls import Journal
from assistant.generators.prompts import ChatMessage
from assistant.selection.choosing import Material


@dataclass(frozen=True, slots=True)
class Messages:
    """All a generator is given. Marker ``[n]`` in what it says means ``material.evidence[n - 1]``.

    ``chat`` says it in words, for language models; ``material`` holds the same evidence with its ranked sentences.
    ``earlier`` are the asker's questions before this one. What language models were asked is written to ``journal``.
    ``in_mode``: it is a piece of a summary, a comparison or the like, which is more work than its few words say.
    """

    material: Material
    chat: tuple[ChatMessage, ...]
    question: str = ""
    earlier: tuple[str, ...] = ()
    journal: Journal = field(default_factory=Journal)
    in_mode: bool = False


class Generator(Protocol):
    """Writes an answer from messages. Implementations are safe to use from several threads."""

    @property
    def name(self) -> str:
        """What people and statistics call it; never a secret, never an address."""

    @property
    def writes_prose(self) -> bool:
        """Whether its text is its own, so that it may hold something of every passage it was given."""

    def stream(self, messages: Messages) -> Iterator[str]:
        """Pieces of text with markers ``[n]``, as they come; "" means nothing new yet, so that a caller can stop.

        ``close()`` on the iterator stops at once and closes what lies behind it. Raises GeneratorUnavailable when
        nothing was said, GeneratorInterrupted when it broke off after something was.
        """


class Chat(Protocol):
    """A language model for a question on the side, with limits of its own. Safe to use from several threads."""

    def say(self, chat: Sequence[ChatMessage]) -> Iterator[str]:
        """As ``Generator.stream``, for messages that need no evidence beside them."""

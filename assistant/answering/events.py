"""What happens while an answer is made, as values. ``kind`` and ``data()`` are what the browser receives.

``passages`` names the passages an event's text comes from, so that whoever passes it on can check once more that the
reader may still see them; it is never sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Step:
    """Something was done, in words."""

    kind: ClassVar[str] = "step"
    text: str
    passages: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        return {"text": self.text}


@dataclass(frozen=True, slots=True)
class Delta:
    """Text of a language model that has not been checked yet."""

    kind: ClassVar[str] = "delta"
    text: str
    passages: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        return {"text": self.text}


@dataclass(frozen=True, slots=True)
class Cited:
    """A footnote came into being. It is sent before the sentence that uses it."""

    kind: ClassVar[str] = "citation"
    n: int
    document: str
    page_label: str
    quote: str
    url: str
    passages: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "document": self.document,
            "page_label": self.page_label,
            "quote": self.quote,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that was checked against its quotes."""

    kind: ClassVar[str] = "sentence"
    index: int
    text: str
    standing: str
    standing_label: str
    reason: str
    citations: tuple[int, ...]
    passages: tuple[int, ...] = ()
    short: str = ""

    def data(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "text": self.text,
            "short": self.short,
            "standing": self.standing,
            "standing_label": self.standing_label,
            "reason": self.reason,
            "citations": list(self.citations),
        }


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more comes; ``url`` is the finished answer."""

    kind: ClassVar[str] = "done"
    state: str
    url: str
    passages: tuple[int, ...] = ()

    def data(self) -> dict[str, Any]:
        return {"state": self.state, "url": self.url}


Event = Step | Delta | Cited | Said | Done

"""The seam to file formats: a parser turns a file into pages of clean text. Values only, no Django, no state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

PageKind = Literal["page", "slide", "sheet", "text"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that begins at ``offset`` of its page's text; level 1 is the highest."""

    offset: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One page, slide or sheet, or a whole document without pages. ``number`` counts from 1.

    ``readable`` is false when this one page is damaged; its text is then empty. ``notes`` are sentences for the person
    who uploaded it: what is not as it should be, and what helps.
    """

    number: int
    kind: PageKind
    text: str
    label: str = ""
    headings: tuple[Heading, ...] = ()
    readable: bool = True
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "kind": self.kind,
            "text": self.text,
            "label": self.label,
            "headings": [[h.offset, h.level, h.title] for h in self.headings],
            "readable": self.readable,
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ParsedPage:
        headings = tuple(Heading(*h) for h in values["headings"])
        return cls(**{**values, "headings": headings, "notes": tuple(values["notes"])})


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """``pages`` may be a generator: a long document is never in memory as a whole.

    ``title`` is what the file's own fields state, unchecked. ``no_text`` is the (code, sentence) to fail with when no
    page holds any text.
    """

    total_pages: int
    pages: Iterable[ParsedPage]
    no_text: tuple[str, str] = field(
        default=("no_text", "There is no text in this file, so nothing could be read from it.")
    )
    title: str = ""


class Parser(Protocol):
    """Reads the kinds of file it names. Runs in the sandbox: an error nobody foresaw means the file is damaged."""

    media_types: frozenset[str]

    def parse(self, path: Path) -> ParsedDocument:
        """Raises UnreadableDocument with a sentence for people."""

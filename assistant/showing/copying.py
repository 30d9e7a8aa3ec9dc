"""An answer as plain text, to be pasted: with its sources, or as the reply to a mail without any numerals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.showing.footnotes import FootnoteView, SentenceView
from assistant.showing.outline import (
    Block,
    Dispute,
    Grid,
    Head,
    Remark,
    Said,
    Silence,
    outline,
    place_of,
    remark_on,
    why_empty,
)
from assistant.showing.presenting import TurnView

_LEFT_OPEN = "I have found nothing on this."


def with_sources(item: TurnView) -> str:
    """The question, its answer with numbers in brackets, and the quotes they stand for. A table's cells are apart by
    tabs, as programs for tables take them."""
    head = [item.turn.question]
    if item.documents:
        head.append("; ".join(document.title for document in item.documents))
    parts = ["\n".join(head)]
    if item.answer is not None:
        parts += _paragraphs(outline(item.answer), numbered=True)
        sources = [f"[{note.number}] “{_line(note.words)}” ({place_of(note)})" for note in item.answer.cited]
        parts += ["\n".join(("Sources", *sources))] if sources else []
    return "\n\n".join(parts) + "\n"


def reply(item: TurnView) -> str:
    """The answers to a mail's questions, for the colleague who asked. What must not be relied on still says so."""
    blocks = outline(item.answer) if item.answer else ()
    return "\n\n".join(_paragraphs((b for b in blocks if not isinstance(b, Remark)), numbered=False)) + "\n"


def _paragraphs(blocks: Iterable[Block], *, numbered: bool) -> Iterator[str]:
    """A heading stays with what follows it, the sentences of a group with each other."""
    lines: list[str] = []
    for block in blocks:
        if lines and not isinstance(block, Said | Silence):
            yield "\n".join(lines)
            lines = []
        lines += _lines(block, numbered)
    if lines:
        yield "\n".join(lines)


def _lines(block: Block, numbered: bool) -> Iterator[str]:
    match block:
        case Remark(text):
            yield _line(text)
        case Head(title, label):
            # Somebody who replies to a mail says in their own words that they found nothing.
            yield block.named if numbered else title or label
        case Silence(text):
            yield text if numbered else _LEFT_OPEN
        case Said(sentence, by):
            yield f"{by}: {_said(sentence, numbered)}" if by else _said(sentence, numbered)
        case Grid(columns, rows):
            yield "\t".join(map(_line, ("Document", *columns)))
            for title, cells in rows:
                said = (" ".join(_said(one, numbered) for one in cell.sentences) or why_empty(cell) for cell in cells)
                yield "\t".join(map(_line, (title, *said)))
        case Dispute(of):
            yield f"{of.title}:"
            for side in of.sides:
                note = side.footnote
                yield f"- {note.document_title}: {_line(side.said or f'“{note.words}”')}{_marks([note], numbered)}"
            yield of.verdict


def _said(sentence: SentenceView, numbered: bool) -> str:
    short = f"{_line(sentence.short).rstrip('.:')}: " if sentence.short and numbered else ""  # a reply says it once
    remark = remark_on(sentence)
    said = f"{short}{_line(sentence.text)}{_marks(sentence.footnotes, numbered)}"
    return f"{said} ({remark})" if remark else said


def _marks(notes: Iterable[FootnoteView], numbered: bool) -> str:
    return "".join(f" [{note.number}]" for note in notes) if numbered else ""


def _line(text: str) -> str:
    """Without line breaks and tabs, which would set a table otherwise."""
    return " ".join(text.split())

"""Answers as a text to keep: Markdown, the sources as its footnotes. Made from what may be shown at that moment, so an
export never holds more than the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.modes.setting import Cell
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

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_BLOCK_START = re.compile(r"^(\d*)([-+.)])(?=\s|$)")  # a list's beginning; a backslash before a digit would be shown


def markdown(title: str, thread: Iterable[TurnView]) -> str:
    """The questions with their answers. Footnotes are numbered through the whole text, each answer's own apart."""
    parts = [f"# {escaped(title)}"]
    notes: list[str] = []
    for item in thread:
        parts.append(f"## {escaped(item.turn.question)}")
        if item.documents:
            parts.append(f"*{escaped('; '.join(document.title for document in item.documents))}*")
        if item.answer is not None:
            before = len(notes)
            numbers = {note.number: before + place for place, note in enumerate(item.answer.cited, start=1)}
            parts.extend(_block(block, numbers) for block in outline(item.answer))
            notes.extend(f"[^{numbers[note.number]}]: {_source(note)}" for note in item.answer.cited)
    return "\n\n".join([*parts, *notes]) + "\n"


def _block(block: Block, numbers: Mapping[int, int]) -> str:
    match block:
        case Remark(text):
            return f"*{escaped(text)}*"
        case Head():
            return f"### {escaped(block.named)}"
        case Silence(text):
            return f"*{escaped(text)}*"
        case Said(sentence, by):
            return f"**{escaped(by)}:** {_line(sentence, numbers)}" if by else _line(sentence, numbers)
        case Grid():
            return _table(block, numbers)
        case Dispute():
            return _dispute(block, numbers)


def _table(grid: Grid, numbers: Mapping[int, int]) -> str:
    names = ["Document", *grid.columns]
    lines = [f"| {' | '.join(map(escaped, names))} |", f"|{' --- |' * len(names)}"]
    for title, cells in grid.rows:
        lines.append(f"| {escaped(title)} | {' | '.join(_cell(cell, numbers) for cell in cells)} |")
    return "\n".join(lines)


def _cell(cell: Cell[SentenceView], numbers: Mapping[int, int]) -> str:
    why = why_empty(cell)
    return f"*{escaped(why)}*" if why else " ".join(_line(sentence, numbers) for sentence in cell.sentences)


def _dispute(block: Dispute, numbers: Mapping[int, int]) -> str:
    sides = []
    for side in block.of.sides:
        said = side.said or f"“{side.footnote.words}”"
        sides.append(f"- {escaped(side.footnote.document_title)}: {escaped(said)}{_marks([side.footnote], numbers)}")
    return "\n".join([f"**{escaped(block.of.title)}**", "", *sides, "", escaped(block.of.verdict)])


def _line(sentence: SentenceView, numbers: Mapping[int, int]) -> str:
    short = f"**{escaped(sentence.short)}** " if sentence.short else ""
    remark = remark_on(sentence)
    standing = f" *({escaped(remark)})*" if remark else ""
    return f"{short}{escaped(sentence.text)}{_marks(sentence.footnotes, numbers)}{standing}"


def _marks(notes: Iterable[FootnoteView], numbers: Mapping[int, int]) -> str:
    return "".join(f"[^{numbers[note.number]}]" for note in notes)


def _source(note: FootnoteView) -> str:
    return f"“{escaped(note.words)}” {escaped(place_of(note))}"


def escaped(text: str) -> str:
    """Words that mean in Markdown what they mean on the page: no links, no HTML, no lists of their own."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _BLOCK_START.sub(r"\1\\\2", plain)

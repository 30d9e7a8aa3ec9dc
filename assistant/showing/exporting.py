"""Answers as a text to keep: Markdown, the sources as its footnotes. Made from what may be shown at that moment, so an
export never holds more than the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.modes.setting import NOT_SAID, Cell, Group, Layout
from assistant.showing.footnotes import FootnoteView, SentenceView
from assistant.showing.presenting import AnswerView, TurnView

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
            parts.extend(_answer(item.answer, numbers))
            notes.extend(f"[^{numbers[note.number]}]: {_source(note)}" for note in item.answer.cited)
    return "\n\n".join([*parts, *notes]) + "\n"


def _answer(answer: AnswerView, numbers: dict[int, int]) -> Iterator[str]:
    if answer.notice:
        yield f"*{escaped(answer.notice)}*"
    if answer.verified:
        yield f"*{escaped(answer.verified)}*"
    if not answer.finished:
        yield "*This answer is not finished.*"
    if answer.layout is None:
        for sentence in answer.sentences:
            yield _line(sentence, numbers)
    elif answer.layout.columns:
        yield _table(answer, answer.layout, numbers)
    else:
        for group in answer.layout.groups:
            yield from _group(group, numbers)


def _group(group: Group[SentenceView], numbers: dict[int, int]) -> Iterator[str]:
    named = ": ".join(escaped(text) for text in (group.title, group.label) if text)
    if named:
        yield f"### {named}"
    for sentence in group.sentences:
        yield _line(sentence, numbers)
    if group.silence:
        yield f"*{escaped(group.silence)}*"


def _table(answer: AnswerView, layout: Layout[SentenceView], numbers: dict[int, int]) -> str:
    """Rows of documents that may be read; a cell of which a document says nothing stays empty."""
    titles = {str(document.pk): document.title for document in answer.documents}
    names = ["Document", *layout.columns]
    lines = [f"| {' | '.join(map(escaped, names))} |", f"|{' --- |' * len(names)}"]
    for row in layout.rows:
        cells = (_cell(cell, numbers) for cell in row.cells)
        lines.append(f"| {escaped(titles.get(row.document, ''))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(cell: Cell[SentenceView], numbers: dict[int, int]) -> str:
    if cell.silence and cell.silence != NOT_SAID:
        return f"*{escaped(cell.silence)}*"
    return " ".join(_line(sentence, numbers) for sentence in cell.sentences)


def _line(sentence: SentenceView, numbers: dict[int, int]) -> str:
    return f"{escaped(sentence.text)}{_marks(sentence, numbers)}{_standing(sentence)}"


def _marks(sentence: SentenceView, numbers: dict[int, int]) -> str:
    return "".join(f"[^{numbers[note.number]}]" for note in sentence.footnotes)


def _standing(sentence: SentenceView) -> str:
    """Said where the reader must not rely on it; a supported sentence needs no remark."""
    if sentence.standing == "supported":
        return ""
    because = f": {escaped(sentence.reason)}" if sentence.reason else ""
    return f" *({sentence.standing_label}{because})*"


def _source(note: FootnoteView) -> str:
    words = escaped(" ".join(note.words.split()))
    version = "" if note.is_current else f", version {note.version}, of which a newer one exists"
    title, place = escaped(note.document_title), escaped(note.page_label)
    return f"“{words}” {title}, {place}, {escaped(note.collection)}, {note.dated:%-d %B %Y}{version}"


def escaped(text: str) -> str:
    """Words that mean in Markdown what they mean on the page: no links, no HTML, no lists of their own."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _BLOCK_START.sub(r"\1\\\2", plain)

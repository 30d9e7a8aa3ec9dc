"""Answers as a text to keep: Markdown, the sources as its footnotes. Made from what may be shown at that moment, so an
export never holds more than the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.presenting import AnswerView, FootnoteView, SentenceView, TurnView

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_BLOCK_START = re.compile(r"^(\s*)([-+]|\d+(?=[.)]))", re.MULTILINE)


def markdown(title: str, thread: Iterable[TurnView]) -> str:
    """The questions with their answers. Footnotes are numbered through the whole text, each answer's own apart."""
    parts, notes = [f"# {escaped(title)}"], []
    for item in thread:
        parts.append(f"## {escaped(item.turn.question)}")
        if item.answer is not None:
            before = len(notes)
            numbers = {note.number: before + place for place, note in enumerate(item.answer.cited, start=1)}
            parts.extend(_answer(item.answer, numbers))
            notes.extend(f"[^{numbers[note.number]}]: {_source(note)}" for note in item.answer.cited)
    return "\n\n".join([*parts, *notes]) + "\n"


def _answer(answer: AnswerView, numbers: dict[int, int]) -> Iterator[str]:
    if answer.notice:
        yield f"*{escaped(answer.notice)}*"
    if not answer.finished:
        yield "*This answer is not finished.*"
    for sentence in answer.sentences:
        yield f"{_sentence(sentence)}{_marks(sentence, numbers)}{_standing(sentence)}"


def _sentence(sentence: SentenceView) -> str:
    return escaped(sentence.text)


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

"""What a finished answer says, in the order it is read in, for every text that is made of it: Markdown to keep, plain
text to copy. Made from what may be shown at that moment, so no text holds more than the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.modes.setting import NOT_SAID, Cell, Group, Layout
from assistant.showing.differences import DisagreementView
from assistant.showing.footnotes import FootnoteView, SentenceView
from assistant.showing.presenting import AnswerView


@dataclass(frozen=True, slots=True)
class Remark:
    """Ours, about the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """Of a group: a section, a question of a mail, what two documents differ in."""

    title: str
    label: str

    @property
    def named(self) -> str:
        """A question keeps its mark, without a colon behind it."""
        if self.title and self.label:
            return f"{self.title}{' ' if self.title.endswith(('?', '!')) else ': '}{self.label}"
        return self.title or self.label


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence; ``by`` is the document that says it, where another says otherwise."""

    sentence: SentenceView
    by: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a group says nothing, such as a question of a mail that nothing answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of documents. A cell of which a document says nothing stays empty; another says why it is."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell[SentenceView], ...]], ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    of: DisagreementView


Block = Remark | Head | Said | Silence | Grid | Dispute


def outline(answer: AnswerView) -> Iterator[Block]:
    for text in (answer.notice, answer.verified):
        if text:
            yield Remark(text)
    if not answer.finished:
        yield Remark("This answer is not finished.")
    if answer.layout is None:
        for sentence in answer.sentences:
            yield Said(sentence)
    elif answer.layout.columns:
        yield _grid(answer, answer.layout)
    else:
        for group in answer.layout.groups:
            yield from _group(group)
    for item in answer.disagreements:
        yield Dispute(item)


def _group(group: Group[SentenceView]) -> Iterator[Block]:
    if group.title or group.label:
        yield Head(group.title, group.label)
    for sentence in group.sentences:
        sides = sentence.footnotes if group.label == "differs" else ()
        yield Said(sentence, sides[0].document_title if sides else "")
    if group.silence:
        yield Silence(group.silence)


def _grid(answer: AnswerView, layout: Layout[SentenceView]) -> Grid:
    titles = {str(document.pk): document.title for document in answer.documents}
    return Grid(layout.columns, tuple((titles.get(row.document, ""), row.cells) for row in layout.rows))


def why_empty(cell: Cell[SentenceView]) -> str:
    """Of a cell of a table, "" where something is said or nothing is to be said."""
    return "" if cell.silence == NOT_SAID else cell.silence


def remark_on(sentence: SentenceView) -> str:
    """Said where the reader must not rely on it; a supported sentence needs no remark."""
    if sentence.standing == "supported":
        return ""
    return f"{sentence.standing_label}: {sentence.reason}" if sentence.reason else sentence.standing_label


def place_of(note: FootnoteView) -> str:
    """Where a footnote's words stand, and what is to be said of that document's age."""
    parts = [note.document_title, note.page_label, note.collection, f"{note.dated:%-d %B %Y}"]
    if not note.is_current:
        parts.append(f"version {note.version}, of which a newer one exists")
    return ", ".join((*parts, *note.marks))

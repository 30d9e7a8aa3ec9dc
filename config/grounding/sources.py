"""True statements: sentences and table rows of documents, with the passage they stand in. Nothing is stored."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.selection.units import in_words, table_header
from config.evaluation.alignment import find_words
from config.evaluation.datasets import QUESTIONS, read_dataset, read_documents
from config.sample_company.company import QUESTIONS as SAMPLE_QUESTIONS
from config.sample_company.company import load
from ingest.parsers import read_file
from knowledge.errors import UnreadableDocument
from knowledge.language import language_of
from knowledge.sentences import Span, split_sentences

_AROUND = 3  # sentences before and after, which make the passage
_FEWEST_WORDS, _MOST_WORDS = 5, 45
_FEWEST_CELLS = 2
_ROW = re.compile(r"\s*\|")


@dataclass(frozen=True, slots=True)
class Text:
    """One page of a document; ``wanted`` are words that answer a question, and so are said again first."""

    document: str
    title: str
    text: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """``passage`` holds ``text`` word for word, and ``neighbour``, another sentence of it, if there is one.

    ``header`` and ``cells`` are those of a table row; then ``others`` are the other rows of the table.
    """

    document: str
    title: str
    text: str
    passage: str
    language: str
    neighbour: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()


def of_sample_company() -> list[Text]:
    """Every page of the sample company's files that can be read."""
    gold: dict[str, list[str]] = {}
    for path in sorted(SAMPLE_QUESTIONS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for quote in json.loads(line)["gold"]:
                gold.setdefault(quote["document"], []).append(quote["quote"])
    texts = []
    for shelf in load().shelves:
        for name, path in shelf.files():
            document = f"{shelf.slug}/{name}"
            texts += [Text(document, title, page, tuple(gold.get(document, ()))) for title, page in _pages(path)]
    return texts


def _pages(path: Path) -> Iterator[tuple[str, str]]:
    """(title, text) of the pages of a file; those before the place where it cannot be read on."""
    rows = read_file(str(path), path.name)
    try:
        title = next(rows)["title"] or path.stem
        for page in rows:
            yield title, page["text"]
    except UnreadableDocument:
        return


def of_folder(folder: Path) -> list[Text]:
    """The documents of a data set; its gold spans, if it has questions, are what is said again first.

    Raises DatasetRefused.
    """
    wanted: dict[str, list[str]] = {}
    if (folder / QUESTIONS).is_file():
        for question in read_dataset(folder).questions:
            for span in question.gold_spans:
                wanted.setdefault(span.document, []).append(span.text)
    texts = []
    for source in read_documents(folder):
        pages = [(source.title, source.text)] if source.text is not None else _pages(source.path or folder)
        texts += [Text(source.id, title, text, tuple(wanted.get(source.id, ()))) for title, text in pages if text]
    return texts


def statements(texts: Sequence[Text], limit: int, dice: random.Random) -> list[Statement]:
    """At most ``limit`` sentences, those that answer questions first, and a quarter as many table rows."""
    sentences: list[tuple[bool, Statement]] = []
    rows: list[Statement] = []
    for text in texts:
        spans = split_sentences(text.text)
        sentences += _sentences(text, spans)
        rows += _rows(text, spans)
    dice.shuffle(sentences)
    sentences.sort(key=lambda pair: not pair[0])
    dice.shuffle(rows)
    return [statement for _, statement in sentences[:limit]] + rows[: limit // 4]


def _sentences(text: Text, spans: Sequence[Span]) -> Iterator[tuple[bool, Statement]]:
    places = [place for words in text.wanted if (place := find_words([text.text], words))]
    for position, (start, end) in enumerate(spans):
        said = in_words(text.text[start:end])
        if not _says_something(said):
            continue
        around = spans[max(0, position - _AROUND) : position + _AROUND + 1]
        passage = text.text[around[0][0] : around[-1][1]]
        others = [in_words(text.text[s:e]) for s, e in around if (s, e) != (start, end)]
        wanted = any(begin < end and start < stop for _, begin, stop in places)
        neighbour = next((other for other in others if _says_something(other)), "")
        yield wanted, Statement(text.document, text.title, said, passage, language_of(passage, "en"), neighbour)


def _says_something(said: str) -> bool:
    words = said.split()
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and said.endswith((".", "!", "。")) and not said.startswith("|")


def _rows(text: Text, spans: Iterable[Span]) -> Iterator[Statement]:
    tables: dict[tuple[str, ...], list[tuple[int, int, tuple[str, ...]]]] = {}
    for start, end in spans:
        row = text.text[start:end]
        header = table_header(text.text, start) if _ROW.match(row) else None
        cells = tuple(in_words(cell) for cell in row.strip().strip("|").split("|"))
        if header and len(header) == len(cells) and list(cells) != header and sum(map(bool, cells)) >= _FEWEST_CELLS:
            tables.setdefault(tuple(header), []).append((start, end, cells))
    for names, rows in tables.items():
        for start, end, cells in rows:
            if not re.fullmatch(r"[\s|:-]+", text.text[start:end]):
                others = tuple(other for *_, other in rows if other != cells and re.search(r"\w", "".join(other)))
                words, passage = text.text[start:end], text.text[_table_start(text.text, start) : rows[-1][1]]
                yield Statement(text.document, text.title, words, passage, "en", "", names, cells, others)


def _table_start(text: str, row: int) -> int:
    """Where the table around a row begins, its header included."""
    start = text.rfind("\n", 0, row) + 1
    while start > 0 and _ROW.match(text[text.rfind("\n", 0, start - 1) + 1 : start]):
        start = text.rfind("\n", 0, start - 1) + 1
    return start

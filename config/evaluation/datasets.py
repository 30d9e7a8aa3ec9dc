"""A data set in a folder: ``corpus.jsonl`` (or ``files/``) beside ``questions.jsonl``. Pure, but for reading.

corpus.jsonl: ``id, title, text[, lang]``. questions.jsonl: ``id, question[, turns | history], gold_doc_ids,
gold_spans [{doc_id, start, end, text}], answerable, answers, lang, kind``. Offsets count characters of ``text``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import PermanentError

CORPUS, FILES, QUESTIONS = "corpus.jsonl", "files", "questions.jsonl"
_KIND_FIELDS = ("kind", "type", "answerability", "lang", "collection")


class DatasetRefused(PermanentError):
    """The folder cannot be measured; the message says which line or file is wrong."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """``text`` is None for a file of ``files/``, which is read like any upload."""

    id: str
    title: str
    text: str | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Where an answer stands: characters ``start`` to ``end`` of its document's text."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A turn before the question; ``answer`` is "" when only the question is known."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class DatasetQuestion:
    """``kind`` groups the figures; "" when the set has no kinds and no languages."""

    id: str
    question: str
    earlier: tuple[Said, ...]
    gold_documents: tuple[str, ...]
    gold_spans: tuple[GoldSpan, ...]
    answerable: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """``digest`` names the exact content, so that an interrupted run goes on only with the same data."""

    name: str
    documents: tuple[SourceDocument, ...]
    questions: tuple[DatasetQuestion, ...]
    digest: str


def read_dataset(folder: Path, limit: int = 0) -> Dataset:
    """``limit`` takes that many questions, spread evenly; the documents stay whole. Raises DatasetRefused."""
    if not (folder / QUESTIONS).is_file():
        raise DatasetRefused(f"{folder} holds no {QUESTIONS}.")
    documents = read_documents(folder)
    rows = list(_lines(folder / QUESTIONS))
    if not rows:
        raise DatasetRefused(f"{folder / QUESTIONS} holds no questions.")
    kind = _kind_field([row for _, row in rows])
    questions = [_question(place, row, kind) for place, row in rows]
    if 0 < limit < len(questions):
        questions = [questions[place * len(questions) // limit] for place in range(limit)]
    return Dataset(
        name=folder.resolve().name,
        documents=documents,
        questions=tuple(questions),
        digest=_digest(folder, documents),
    )


def read_documents(folder: Path) -> tuple[SourceDocument, ...]:
    """The documents alone, for a folder that may have no questions. Raises DatasetRefused."""
    documents = tuple(_corpus(folder) if (folder / CORPUS).is_file() else _files(folder))
    if not documents:
        raise DatasetRefused(f"{folder} holds no documents: neither {CORPUS} nor {FILES}/.")
    return documents


def _corpus(folder: Path) -> Iterator[SourceDocument]:
    seen: set[str] = set()
    for place, row in _lines(folder / CORPUS):
        if "id" not in row or not isinstance(row.get("text"), str):
            raise DatasetRefused(f"{place} needs an id and a text.")
        name = str(row["id"])
        if name in seen:
            raise DatasetRefused(f"{place} repeats the id {name}.")
        seen.add(name)
        yield SourceDocument(name, str(row.get("title") or ""), row["text"])


def _files(folder: Path) -> Iterator[SourceDocument]:
    root = folder / FILES
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        inner = path.relative_to(root)
        if path.is_file() and not any(part.startswith(".") for part in inner.parts):
            yield SourceDocument(inner.as_posix(), "", path=path)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(where it stands, object) of every line that is not blank."""
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            place = f"{path.name}, line {number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise DatasetRefused(f"{place} is not JSON: {error.msg}.") from error
            if not isinstance(row, dict):
                raise DatasetRefused(f"{place} is not an object.")
            yield place, row


def _kind_field(rows: list[dict[str, Any]]) -> str:
    """The first field that really tells questions apart."""
    for field in _KIND_FIELDS:
        if len({str(row.get(field, "")) for row in rows}) > 1:
            return field
    return ""


def _question(place: str, row: Mapping[str, Any], kind: str) -> DatasetQuestion:
    if not isinstance(row.get("question"), str) or not row["question"].strip():
        raise DatasetRefused(f"{place} has no question.")
    try:
        spans = tuple(
            GoldSpan(str(span["doc_id"]), int(span.get("start") or 0), int(span.get("end") or 0), span.get("text", ""))
            for span in row.get("gold_spans") or ()
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetRefused(f"{place} has a gold span without doc_id, start and end.") from error
    gold = tuple(dict.fromkeys(map(str, row.get("gold_doc_ids") or ())))
    return DatasetQuestion(
        id=str(row.get("id", place)),
        question=row["question"],
        earlier=tuple(_earlier(row.get("turns") or row.get("history") or ())),
        gold_documents=gold or tuple(dict.fromkeys(span.document for span in spans)),
        gold_spans=spans,
        answerable=bool(row.get("answerable", bool(gold or spans))),
        kind=str(row.get(kind, "")) if kind else "",
    )


def _earlier(turns: Any) -> Iterator[Said]:
    """Turns are questions alone, objects with question and answer, or messages of user and agent in turn."""
    waiting = ""
    for turn in turns:
        if isinstance(turn, str):
            yield Said(turn)
            continue
        text = str(turn.get("text") or turn.get("content") or turn.get("question") or "")
        if "answer" in turn or "role" not in turn:
            yield Said(text, str(turn.get("answer") or ""))
        elif turn["role"] == "user":
            if waiting:
                yield Said(waiting)
            waiting = text
        elif waiting:
            yield Said(waiting, text)
            waiting = ""
    if waiting:
        yield Said(waiting)


def _digest(folder: Path, documents: tuple[SourceDocument, ...]) -> str:
    digest = hashlib.sha256((folder / QUESTIONS).read_bytes())
    for document in documents:
        digest.update(f"{document.id}\0{document.title}\0".encode())
        digest.update(document.path.read_bytes() if document.path else (document.text or "").encode(errors="replace"))
    return digest.hexdigest()[:12]

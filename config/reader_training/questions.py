"""Questions of a SQuAD-shaped file, each with the sentence of its article that answers.

The shape is SQuAD's (Rajpurkar and others, 2016, arXiv 1606.05250): ``data`` → articles with ``title`` and
``paragraphs`` → ``context`` and ``qas`` → ``question`` and ``answers`` → ``text`` and ``answer_start``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.reader_training.errors import TrainingRefused
from knowledge.reading import Sentence
from knowledge.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Asked:
    """``sentence``: the place, among its article's, of the one that answers; ``start``, ``end``: the characters of
    that sentence that are the short answer."""

    question: str
    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """``paragraphs``: the number of each sentence's paragraph."""

    sentences: tuple[Sentence, ...]
    paragraphs: tuple[int, ...]
    asked: tuple[Asked, ...]


def read_questions(path: Path) -> list[Article]:
    """Articles that are asked about. Raises TrainingRefused when the file is not of that shape or asks nothing."""
    try:
        articles = [_article(article) for article in json.loads(path.read_text("utf-8"))["data"]]
    except OSError as error:
        raise TrainingRefused(f"{path} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TrainingRefused(f"{path} is not a file of questions shaped like SQuAD 1.1: {error!r}.") from error
    asking = [article for article in articles if article.asked]
    if not asking:
        raise TrainingRefused(f"{path} holds no question with an answer.")
    return asking


def _article(article: Mapping[str, Any]) -> Article:
    title = article["title"].replace("_", " ")
    sentences: list[Sentence] = []
    paragraphs: list[int] = []
    asked: list[Asked] = []
    for number, paragraph in enumerate(article["paragraphs"]):
        text = paragraph["context"]
        spans = split_sentences(text)
        asked.extend(_asked(paragraph, spans, len(sentences)))
        sentences.extend(Sentence(text[start:end], title) for start, end in spans)
        paragraphs.extend([number] * len(spans))
    return Article(tuple(sentences), tuple(paragraphs), tuple(asked))


def _asked(paragraph: Mapping[str, Any], spans: list[tuple[int, int]], before: int) -> Iterator[Asked]:
    """Questions with an answer inside a sentence. Raises ValueError for an answer that is not where it says."""
    for item in paragraph["qas"]:
        if not item["answers"]:
            continue
        answer = item["answers"][0]
        at, words = answer["answer_start"], answer["text"]
        if not words or paragraph["context"][at : at + len(words)] != words:
            raise ValueError(f"the answer {words!r} does not stand at {at}")
        place = next((place for place, (start, end) in enumerate(spans) if start <= at < end), None)
        if place is not None:
            start, end = spans[place]
            yield Asked(item["question"].strip(), before + place, at - start, min(at + len(words), end) - start)

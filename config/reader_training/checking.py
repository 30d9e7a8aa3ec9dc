"""How well trained weights do on other questions, through the reader as the product has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from config.reader_training.questions import Article, Asked
from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.reading.joint import JointReader

QUESTIONS = 200
_SEED = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """``first``: share of questions whose answering sentence was the first of its paragraph; ``exact``: share of
    answering sentences whose short answer was exactly the expected words."""

    questions: int
    first: float
    exact: float


def check(weights: Path, embedder: PlainBertEmbedder, articles: Sequence[Article]) -> Checked:
    """On so many questions, the same ones each time. Raises SearchUnavailable when the weights cannot be loaded."""
    reader = JointReader(weights, embedder)
    questions = [(article, asked) for article in articles for asked in article.asked]
    Random(_SEED).shuffle(questions)  # noqa: S311  # a draw, no secret
    chosen = questions[:QUESTIONS]
    found = [_read(reader, article, asked) for article, asked in chosen]
    return Checked(
        len(found), sum(first for first, _ in found) / len(found), sum(exact for _, exact in found) / len(found)
    )


def _read(reader: JointReader, article: Article, asked: Asked) -> tuple[bool, bool]:
    home = article.paragraphs[asked.sentence]
    places = [place for place, paragraph in enumerate(article.paragraphs) if paragraph == home]
    readings = reader.read(asked.question, [article.sentences[place] for place in places])
    best = max(range(len(places)), key=lambda place: readings[place].answers)
    right = readings[asked.sentence - places[0]]
    return places[best] == asked.sentence, (right.start, right.end) == (asked.start, asked.end)

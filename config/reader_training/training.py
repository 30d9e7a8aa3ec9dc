"""The training itself: sixteen questions at a time, each with its right sentence and five wrong ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from config.reader_training.drawing import WRONG, Drawing, Drawn
from config.reader_training.errors import TrainingRefused
from config.reader_training.questions import Article, Asked
from config.reader_training.rewording import Rewording
from config.reader_training.weights import first_weights, weights_from
from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.reading.head import Head
from knowledge.reading.texts import Apart, Cutter, Lower, Pair

JOINT_LAYERS = 2  # the last ones; the others read apart
QUESTIONS_AT_ONCE = 16
SEED = 3
_RATE, _LEAST, _WARM_UP = 3e-4, 0.03, 50  # learning rate, the share of it at the end, steps until it is full
_DECAY = 0.01
_LONGEST_STEP = 1.0  # norm of the gradients
_WITHOUT_MARK, _REWORDED = 0.5, 0.3  # shares of questions
_ABSOLUTE, _EDGES = 0.7, 0.3  # what right or wrong by itself, and the short answer, count beside the order
_RIGHT = 3.0  # how much a right sentence counts against a wrong one
REPORT_STEPS = 100
_SMOOTH = 0.98


@dataclass(frozen=True, slots=True)
class Plan:
    """Training ends after so many minutes, or steps if they come first; the learning rate falls towards that end."""

    minutes: float
    steps: int | None = None

    def done(self, seconds: float, steps: int) -> float:
        """Share of it that lies behind, 1 at the end."""
        return max(seconds / (60 * self.minutes), steps / self.steps if self.steps else 0.0)


@dataclass(frozen=True, slots=True)
class Progress:
    """``loss``: the mean of the last steps, each counting less than the one after it."""

    steps: int
    seconds: float
    loss: float


@dataclass(frozen=True, slots=True)
class Example:
    """``pairs``: the right one first; ``edges``: the tokens, in its sentence, of the short answer's ends, None when
    it lies beyond what is read."""

    pairs: list[Pair]
    edges: tuple[int, int] | None


class Training:
    """Holds what the lower layers make of every sentence: about 5 MB for an article of SQuAD."""

    def __init__(
        self,
        articles: Sequence[Article],
        embedder: PlainBertEmbedder,
        rewording: Rewording | None,
        before: Path | None = None,
    ) -> None:
        """``before``: weights to go on from. Raises TrainingRefused when no question can be used, or the embedding
        model has too few layers, or those weights do not fit; SearchUnavailable when they cannot be loaded."""
        network = embedder.network
        if len(network.layers) <= JOINT_LAYERS:
            raise TrainingRefused(f"The embedding model has {len(network.layers)} layers, which is too few to divide.")
        self._random = Random(SEED)  # noqa: S311  # a draw, no secret
        self._drawing = Drawing(articles, self._random)
        if not self._drawing.usable:
            raise TrainingRefused("No question has enough other sentences in its article to learn from.")
        self._rewording = rewording
        self._network = network
        torch.manual_seed(SEED)
        self.before, self.weights = (
            weights_from(before, network, JOINT_LAYERS) if before else ("", first_weights(network, JOINT_LAYERS))
        )
        self._cutter = Cutter(embedder.tokenizer_without_limits())
        self._lower = Lower(embedder, network.layers[:-JOINT_LAYERS])
        self._apart = self._read_apart(articles)
        self.steps = 0

    @property
    def questions(self) -> int:
        """How many there are to learn from."""
        return self._drawing.usable

    def run(self, plan: Plan, report: Callable[[Progress], None]) -> None:
        """Trains until the plan is done; ``report`` is called now and then, and at the end."""
        parameters = list(self.weights.values())
        optimizer = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
        drawn = iter(self._drawing)
        started, mean, seconds = time.monotonic(), 0.0, 0.0
        while (done := plan.done(seconds, self.steps)) < 1:
            for group in optimizer.param_groups:
                group["lr"] = _RATE * min(1.0, (self.steps + 1) / _WARM_UP) * max(_LEAST, 1 - done)
            value = self._loss(self._examples(list(islice(drawn, QUESTIONS_AT_ONCE))))
            optimizer.zero_grad()
            torch.autograd.backward(value)
            torch.nn.utils.clip_grad_norm_(parameters, _LONGEST_STEP)
            optimizer.step()
            self.steps += 1
            mean = _SMOOTH * mean + (1 - _SMOOTH) * float(value.detach()) if self.steps > 1 else float(value.detach())
            seconds = time.monotonic() - started
            if self.steps % REPORT_STEPS == 0 or plan.done(seconds, self.steps) >= 1:
                report(Progress(self.steps, seconds, mean))

    def _read_apart(self, articles: Sequence[Article]) -> list[list[Apart]]:
        sentences = [self._cutter.sentence(sentence) for article in articles for sentence in article.sentences]
        read = iter(self._lower.read(sentences))
        return [list(islice(read, len(article.sentences))) for article in articles]

    def _examples(self, drawn: Sequence[Drawn]) -> Iterator[Example]:
        questions = [self._cutter.question(self._said(one.asked.question)) for one in drawn]
        for one, question in zip(drawn, self._lower.read(questions), strict=True):
            sentences = [self._apart[one.article][place] for place in one.places]
            yield Example(
                [self._cutter.pair(question, sentence) for sentence in sentences],
                edges_of(one.asked, sentences[0].text.offsets),
            )

    def _said(self, question: str) -> str:
        """As people ask: often without a question mark, and in other words than the document's."""
        if self._random.random() < _WITHOUT_MARK:
            question = question.rstrip("?")
        if self._rewording is not None and self._random.random() < _REWORDED:
            question = self._rewording.reword(question, self._random)
        return question

    def _loss(self, examples: Iterator[Example]) -> Tensor:
        """The right sentence before its wrong ones, each right or wrong by itself, and the ends of the answer."""
        chosen = list(examples)
        # The head is made anew for each step: its parts belong to the gradients of one.
        scores, edges = Head(self.weights, self._network).raw([pair for one in chosen for pair in one.pairs])
        scores = scores.view(len(chosen), 1 + WRONG)
        first = torch.zeros(len(chosen), dtype=torch.long)
        right = torch.zeros_like(scores)
        right[:, 0] = 1
        single = binary_cross_entropy_with_logits(scores, right, pos_weight=torch.tensor(_RIGHT))
        ends = [
            cross_entropy(edge.T, torch.tensor(one.edges))
            for edge, one in zip(edges[:: 1 + WRONG], chosen, strict=True)
            if one.edges is not None
        ]
        order = cross_entropy(scores, first)
        return order + _ABSOLUTE * single + _EDGES * torch.stack(ends).mean() if ends else order + _ABSOLUTE * single


def edges_of(asked: Asked, offsets: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The first and last token of the short answer, None when its sentence is cut before it ends."""
    within = [place for place, (start, end) in enumerate(offsets) if start < asked.end and end > asked.start]
    return (within[0], within[-1]) if within and offsets[within[-1]][1] >= asked.end else None

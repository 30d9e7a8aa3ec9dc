"""Questions and sentences as tokens, apart and end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from knowledge.embedding.network import Layer
from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.reading.base import Sentence

LONGEST_QUESTION, LONGEST_TITLE, LONGEST_SENTENCE = 36, 12, 64  # tokens; what stands behind them is not read
TOKENS_AT_ONCE = 512
# Words that stand on both sides of almost any pair say nothing.
_COMMON = """
    the a an of in on at to for by with from and or not is are was were be been do does did has have had what which who
    whom when where why how many much long that this it its as he she they his her their . , ; : ! ? ' " ( ) - – — ` ´
    ’ “ ” /
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Token numbers, the special ones included. ``own``: where the sentence proper begins; ``offsets``: the
    characters of its tokens."""

    numbers: tuple[int, ...]
    own: int = 0
    offsets: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """A text read alone. ``states``: (tokens, width) after the lower layers, in half precision."""

    text: Text
    states: Tensor


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a sentence end to end. ``states``: (tokens, width); ``kinds``: 0 question, 1 title, 2 sentence;
    ``shared``: whether the other side has the token; ``own``: the place of the sentence's first token."""

    states: Tensor
    kinds: list[int]
    shared: list[bool]
    own: int
    offsets: tuple[tuple[int, int], ...]


class Cutter:
    """Makes tokens of texts. Safe to use from several threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._first, *_, self._end = tokenizer.encode("").ids
        self._common = {self._first, self._end, *self._numbers(_COMMON)}

    def question(self, text: str) -> Text:
        return Text((self._first, *self._numbers(text)[:LONGEST_QUESTION], self._end))

    def sentence(self, sentence: Sentence) -> Text:
        title = [*self._numbers(sentence.about)[:LONGEST_TITLE], *self._numbers(":")]
        encoding = self._tokenizer.encode(_readable(sentence.text), add_special_tokens=False)
        numbers = (self._first, *title, *encoding.ids[:LONGEST_SENTENCE], self._end)
        return Text(numbers, len(title) + 1, tuple(encoding.offsets[:LONGEST_SENTENCE]))

    def pair(self, asked: Apart, apart: Apart) -> Pair:
        first, second = asked.text.numbers, apart.text.numbers
        question, sentence = set(first) - self._common, set(second)
        rest = second[1:]  # the pair has one first token, the question's
        own = apart.text.own - 1
        return Pair(
            states=torch.cat([asked.states, apart.states[1:]]).float(),
            kinds=[0] * len(first) + [1] * own + [2] * (len(rest) - own),
            shared=[number in question and number in sentence for number in first]
            + [number in question for number in rest],
            own=len(first) + own,
            offsets=apart.text.offsets,
        )

    def _numbers(self, text: str) -> list[int]:
        numbers: list[int] = self._tokenizer.encode(_readable(text), add_special_tokens=False).ids
        return numbers


class Lower:
    """An embedding model's first layers, which read each text alone, shared out among the cores."""

    def __init__(self, embedder: PlainBertEmbedder, layers: Sequence[Layer]) -> None:
        self._embedder = embedder
        self._layers = layers

    def read(self, texts: Sequence[Text]) -> list[Apart]:
        batches = runs([len(text.numbers) for text in texts], TOKENS_AT_ONCE)
        results = self._embedder.on_cores(lambda places: self._pass([texts[place] for place in places]), batches)
        states = (found for batch in results for found in batch)
        return [Apart(text, found) for text, found in zip(texts, states, strict=True)]

    def _pass(self, texts: Sequence[Text]) -> list[Tensor]:
        network, lengths = self._embedder.network, [len(text.numbers) for text in texts]
        values = network.begin([number for text in texts for number in text.numbers], lengths)
        read = network.through(values, lengths, self._layers).half()
        # Each its own memory: a kept sentence must not keep its whole run.
        return [states.clone() for states in torch.split(read, lengths)]


def runs(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Places of texts, in order, in runs of at most so many tokens."""
    batches: list[list[int]] = []
    filled = most
    for place, length in enumerate(lengths):
        if filled + length > most:
            batches.append([])
            filled = 0
        batches[-1].append(place)
        filled += length
    return batches


def _readable(text: str) -> str:
    """Half a character (a lone surrogate), which the tokenizer refuses, reads as a question mark."""
    return text.encode(errors="replace").decode()

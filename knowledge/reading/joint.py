"""Whether a sentence answers a question, read together on top of the embedding model.

The lower layers of the embedding model read question and sentence apart, so what they make of a sentence is kept and
serves every question; the upper layers, trained again for this, read both together (the division is that of DeFormer,
Cao and others, 2020, arXiv 2005.00697). Beside each token stands whether it is the question's, the title's or the
sentence's own, and whether the other side has the same token. The first token and the mean of all give the score; two
numbers for each token of the sentence say where the short answer begins and ends.

The weights are made by ``manage.py train_reader``; they fit one embedding model only, which they name.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn.functional import linear

from knowledge.embedding.network import Affine, Layer, Network, affine
from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.errors import SearchUnavailable
from knowledge.reading.base import Reading, Sentence

LONGEST_QUESTION, LONGEST_TITLE, LONGEST_SENTENCE = 36, 12, 64  # tokens; what stands behind them is not read
LONGEST_ANSWER = 16  # tokens
TOKENS_AT_ONCE = 1024
KEPT = 2048  # sentences; about 30 kB each
# Words that stand on both sides of almost any pair say nothing.
_COMMON = """
    the a an of in on at to for by with from and or not is are was were be been do does did has have had what which who
    whom when where why how many much long that this it its as he she they his her their . , ; : ! ? ' " ( ) - – — ` ´
    ’ “ ” /
"""


@dataclass(frozen=True, slots=True)
class _Apart:
    """Tokens of a text read alone. ``states``: (tokens, width), half precision; ``own``: where the sentence proper
    begins; ``offsets``: characters of its tokens."""

    numbers: tuple[int, ...]
    states: Tensor
    own: int = 0
    offsets: tuple[tuple[int, int], ...] = ()


class JointReader:
    """One per process. Texts are shared out among the cores as the embedder does it."""

    def __init__(self, weights: Path, embedder: PlainBertEmbedder) -> None:
        try:
            with safe_open(weights, "pt") as file:
                self._model_id = f"{weights.stem}@{file.metadata()['trained']}"
                tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118  # no mapping
            self._head = _Head(tensors, embedder.network)
        except (OSError, SafetensorError, KeyError) as error:
            raise SearchUnavailable(f"The reading model {weights} cannot be loaded: {error}") from error
        self._embedder = embedder
        self._tokenizer = embedder.tokenizer_without_limits()
        self._first, *_, self._end = self._tokenizer.encode("").ids
        self._common = {self._first, self._end, *self._numbers(_COMMON)}
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, _Apart] = OrderedDict()

    @property
    def model_id(self) -> str:
        return self._model_id

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[Reading]:
        asked = self._alone([(self._first, *self._numbers(question)[:LONGEST_QUESTION], self._end)])[0]
        pairs = [self._pair(asked, apart) for apart in self._apart(sentences)]
        batches = _batches([len(pair.kinds) for pair in pairs], TOKENS_AT_ONCE)
        results = self._embedder.on_cores(lambda places: self._head.read([pairs[place] for place in places]), batches)
        return [reading for batch in results for reading in batch]

    def _numbers(self, text: str) -> list[int]:
        numbers: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return numbers

    def _apart(self, sentences: Sequence[Sentence]) -> list[_Apart]:
        """What the lower layers make of the sentences, kept ones looked up."""
        keys = [hashlib.blake2b(f"{s.about}\0{s.text}".encode(errors="replace")).digest() for s in sentences]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
            for key in known:
                self._kept.move_to_end(key)
        missing = {key: s for key, s in zip(keys, sentences, strict=True) if key not in known}
        known.update(zip(missing, self._read_apart(list(missing.values())), strict=True))
        with self._lock:
            self._kept.update((key, known[key]) for key in missing)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [known[key] for key in keys]

    def _read_apart(self, sentences: Sequence[Sentence]) -> list[_Apart]:
        numbers, owns, offsets = [], [], []
        for sentence in sentences:
            title = [*self._numbers(sentence.about)[:LONGEST_TITLE], *self._numbers(":")]
            encoding = self._tokenizer.encode(sentence.text, add_special_tokens=False)
            numbers.append((self._first, *title, *encoding.ids[:LONGEST_SENTENCE], self._end))
            owns.append(len(title) + 1)
            offsets.append(tuple(encoding.offsets[:LONGEST_SENTENCE]))
        alone = self._alone(numbers)
        return [
            _Apart(apart.numbers, apart.states, own, places)
            for apart, own, places in zip(alone, owns, offsets, strict=True)
        ]

    def _alone(self, texts: Sequence[tuple[int, ...]]) -> list[_Apart]:
        batches = _batches([len(text) for text in texts], TOKENS_AT_ONCE // 2)
        results = self._embedder.on_cores(lambda places: self._head.below([texts[place] for place in places]), batches)
        return [
            _Apart(text, states) for text, states in zip(texts, (s for batch in results for s in batch), strict=True)
        ]

    def _pair(self, asked: _Apart, apart: _Apart) -> _Pair:
        question, sentence = set(asked.numbers) - self._common, set(apart.numbers)
        rest = apart.numbers[1:]  # the pair has one first token, the question's
        return _Pair(
            states=torch.cat([asked.states, apart.states[1:]]).float(),
            kinds=[0] * len(asked.numbers) + [1] * (apart.own - 1) + [2] * (len(rest) - apart.own + 1),
            shared=[number in question and number in sentence for number in asked.numbers]
            + [number in question for number in rest],
            own=len(asked.numbers) + apart.own - 1,
            offsets=apart.offsets,
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question and a sentence end to end. ``kinds``: 0 question, 1 title, 2 sentence; ``own``: the place of the
    sentence's first token."""

    states: Tensor
    kinds: list[int]
    shared: list[bool]
    own: int
    offsets: tuple[tuple[int, int], ...]


class _Head:
    """The upper layers, and what they give."""

    def __init__(self, weights: dict[str, Tensor], network: Network) -> None:
        self._network = network
        count = len({name.split(".")[1] for name in weights if name.startswith("layers.")})
        self._below = network.layers[: len(network.layers) - count]
        self._layers = [_layer(weights, f"layers.{number}.") for number in range(count)]
        self._kinds = weights["kinds"]
        self._hidden, self._score, self._span = (affine(weights, name) for name in ("hidden", "score", "span"))

    def below(self, texts: Sequence[Sequence[int]]) -> list[Tensor]:
        """(tokens, width) of each text after the lower layers, in half precision."""
        lengths = [len(text) for text in texts]
        values = self._network.begin([number for text in texts for number in text], lengths)
        return list(torch.split(self._network.through(values, lengths, self._below).half(), lengths))

    def read(self, pairs: Sequence[_Pair]) -> list[Reading]:
        lengths = [len(pair.kinds) for pair in pairs]
        kinds = torch.tensor([kind for pair in pairs for kind in pair.kinds])
        shared = torch.tensor([float(same) for pair in pairs for same in pair.shared])
        values = torch.cat([pair.states for pair in pairs]) + self._kinds[kinds] + shared[:, None] * self._kinds[3]
        texts = torch.split(self._network.through(values, lengths, self._layers), lengths)
        pooled = torch.stack([torch.cat([text[0], text.mean(0)]) for text in texts])
        scores = linear(torch.tanh(linear(pooled, *self._hidden)), *self._score)[:, 0].tolist()
        return [
            Reading(score, *_short_answer(linear(text[pair.own : pair.own + len(pair.offsets)], *self._span), pair))
            for score, text, pair in zip(scores, texts, pairs, strict=True)
        ]


def _short_answer(edges: Tensor, pair: _Pair) -> tuple[int, int]:
    """Characters of the likeliest answer, from the two numbers of each token of the sentence."""
    size = len(pair.offsets)
    if not size:
        return 0, 0
    joint = edges[:, 0][:, None] + edges[:, 1][None]
    allowed = torch.ones(size, size).triu().tril(LONGEST_ANSWER - 1).bool()
    first, last = divmod(int(joint.masked_fill(~allowed, -torch.inf).argmax()), size)
    return pair.offsets[first][0], pair.offsets[last][1]


def _layer(weights: dict[str, Tensor], at: str) -> Layer:
    parts: list[Affine] = [
        affine(weights, f"{at}{name}")
        for name in ("query_key_value", "attended", "attention_norm", "wide", "narrow", "norm")
    ]
    return Layer(*parts)


def _batches(lengths: Sequence[int], most: int) -> list[list[int]]:
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

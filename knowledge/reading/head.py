"""The upper layers, which read a question and a sentence together, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn.functional import linear

from knowledge.embedding.network import Affine, Layer, Network, affine
from knowledge.errors import SearchUnavailable
from knowledge.reading.base import Reading
from knowledge.reading.texts import Pair

LONGEST_ANSWER = 16  # tokens
PARTS = ("query_key_value", "attended", "attention_norm", "wide", "narrow", "norm")
Weights = Mapping[str, Tensor]


def load(path: Path, network: Network) -> tuple[str, Weights]:
    """What the file says of its training, and its weights in single precision.

    Raises SearchUnavailable when it is missing or damaged, or was made for a network of other sizes.
    """
    try:
        with safe_open(path, "pt") as file:
            trained = (file.metadata() or {})["trained"]
            weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118  # no mapping
        _check(weights, network)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise SearchUnavailable(f"The reading model {path} cannot be loaded: {error}") from error
    return trained, weights


def joint_layers(weights: Weights) -> int:
    """How many layers read together."""
    return len({name.split(".")[1] for name in weights if name.startswith("layers.")})


class Head:
    """Weights as the file has them: ``layers.N.PART.weight`` and ``.bias``, ``kinds`` (one vector for question, title,
    sentence and shared), ``hidden``, ``score``, ``span``."""

    def __init__(self, weights: Weights, network: Network) -> None:
        self._network = network
        self._layers = [
            Layer(*(affine(weights, f"layers.{number}.{part}") for part in PARTS))
            for number in range(joint_layers(weights))
        ]
        self._kinds = weights["kinds"]
        self._hidden, self._score, self._span = (affine(weights, name) for name in ("hidden", "score", "span"))

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        scores, edges = self.raw(pairs)
        return [
            Reading(score, *_short_answer(edge, pair))
            for score, edge, pair in zip(scores.tolist(), edges, pairs, strict=True)
        ]

    def raw(self, pairs: Sequence[Pair]) -> tuple[Tensor, list[Tensor]]:
        """(pairs,) log-odds that the sentence answers; for each pair (tokens of the sentence, 2): log-odds, up to a
        constant, that the short answer begins and ends there."""
        lengths = [len(pair.kinds) for pair in pairs]
        kinds = torch.tensor([kind for pair in pairs for kind in pair.kinds])
        shared = torch.tensor([float(same) for pair in pairs for same in pair.shared])
        values = torch.cat([pair.states for pair in pairs]) + self._kinds[kinds] + shared[:, None] * self._kinds[3]
        texts = torch.split(self._network.through(values, lengths, self._layers), lengths)
        pooled = torch.stack([torch.cat([text[0], text.mean(0)]) for text in texts])
        scores = linear(torch.tanh(linear(pooled, *self._hidden)), *self._score)[:, 0]
        edges = [
            linear(text[pair.own : pair.own + len(pair.offsets)], *self._span)
            for text, pair in zip(texts, pairs, strict=True)
        ]
        return scores, edges


def _short_answer(edges: Tensor, pair: Pair) -> tuple[int, int]:
    """Characters of the likeliest answer."""
    size = len(pair.offsets)
    if not size:
        return 0, 0
    joint = edges[:, 0][:, None] + edges[:, 1][None]
    allowed = torch.ones(size, size).triu().tril(LONGEST_ANSWER - 1).bool()
    first, last = divmod(int(joint.masked_fill(~allowed, -torch.inf).argmax()), size)
    return pair.offsets[first][0], pair.offsets[last][1]


def _check(weights: Weights, network: Network) -> None:
    """Raises KeyError for a part that is not there and ValueError for one of another shape or without a value."""
    count, width = joint_layers(weights), network.width
    if not 0 < count < len(network.layers):
        raise ValueError(f"it has {count} layers, the embedding model {len(network.layers)}")
    hidden = len(weights["hidden.bias"])
    shapes = {"kinds": (4, width)} | _shapes("hidden", (hidden, 2 * width))
    shapes |= _shapes("score", (1, hidden)) | _shapes("span", (2, width))
    for number, layer in enumerate(network.layers[-count:]):
        for part in PARTS:
            pair: Affine = getattr(layer, part)
            shapes |= _shapes(f"layers.{number}.{part}", tuple(pair[0].shape))
    for name, shape in shapes.items():
        if tuple(weights[name].shape) != shape:
            raise ValueError(f"{name} is {tuple(weights[name].shape)} and not {shape}")
        if not bool(torch.isfinite(weights[name]).all()):
            raise ValueError(f"{name} holds what is no number")


def _shapes(name: str, weight: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": weight, f"{name}.bias": weight[:1]}

"""The layers of BERT (Devlin and others, 2018, arXiv 1810.04805), for texts that lie end to end: nothing is padded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import embedding, gelu, layer_norm, linear, scaled_dot_product_attention

Affine = tuple[Tensor, Tensor]  # weight, bias


@dataclass(frozen=True, slots=True)
class Layer:
    query_key_value: Affine
    attended: Affine
    attention_norm: Affine
    wide: Affine
    narrow: Affine
    norm: Affine


def affine(weights: Mapping[str, Tensor], *names: str) -> Affine:
    """The weight and bias of these parts, one under the other. Raises KeyError for a part that is not there."""
    weight, bias = (torch.cat([weights[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias"))
    return weight, bias


class Network:
    """Embeddings, then layer upon layer, as a model's weight file holds them."""

    def __init__(self, path: Path, layers: int, heads: int, epsilon: float) -> None:
        weights = load_file(path)
        prefix = "bert." if "bert.embeddings.LayerNorm.weight" in weights else ""
        words, places, sentences = (
            weights[f"{prefix}embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        self._words = words
        # A text is one sentence to the model, so each place has one vector for place and sentence number.
        self._places = places + sentences[0]
        self._first_norm = affine(weights, f"{prefix}embeddings.LayerNorm")
        self.layers = [_layer(weights, f"{prefix}encoder.layer.{number}.") for number in range(layers)]
        self.width = int(self._words.shape[1])
        self._heads = heads
        self._epsilon = epsilon

    def begin(self, numbers: Sequence[int], lengths: Sequence[int]) -> Tensor:
        """(all tokens, width) before the first layer, for the token numbers of texts of these lengths."""
        values = embedding(torch.tensor(numbers), self._words)
        values += torch.cat([self._places[:length] for length in lengths])
        return self._norm(values, self._first_norm)

    def through(self, values: Tensor, lengths: Sequence[int], layers: Sequence[Layer]) -> Tensor:
        """(all tokens, width) after these layers, the network's own or others of the same shape."""
        for layer in layers:
            attended = self._attend(linear(values, *layer.query_key_value), lengths)
            values = self._norm(linear(attended, *layer.attended).add_(values), layer.attention_norm)
            changed = linear(gelu(linear(values, *layer.wide)), *layer.narrow)
            values = self._norm(changed.add_(values), layer.norm)
        return values

    def _norm(self, values: Tensor, weights: Affine) -> Tensor:
        return layer_norm(values, (self.width,), *weights, self._epsilon)

    def _attend(self, query_key_value: Tensor, lengths: Sequence[int]) -> Tensor:
        """Every token looks at the tokens of its own text."""
        seen = []
        for text in torch.split(query_key_value, list(lengths)):
            query, key, value = text.view(1, len(text), 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            heads = scaled_dot_product_attention(query, key, value)
            seen.append(heads.transpose(1, 2).reshape(len(text), self.width))
        return torch.cat(seen)


def _layer(weights: Mapping[str, Tensor], at: str) -> Layer:
    return Layer(
        affine(weights, *(f"{at}attention.self.{part}" for part in ("query", "key", "value"))),
        affine(weights, f"{at}attention.output.dense"),
        affine(weights, f"{at}attention.output.LayerNorm"),
        affine(weights, f"{at}intermediate.dense"),
        affine(weights, f"{at}output.dense"),
        affine(weights, f"{at}output.LayerNorm"),
    )

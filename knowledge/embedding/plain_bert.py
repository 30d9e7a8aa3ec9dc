"""Sentence vectors of BERT models with mean pooling, computed without a model library.

Most small embedding models are this: tokens → BERT (Devlin and others, 2018, arXiv 1810.04805) → the mean of the
token vectors → length 1. Written out, the pass over the layers is a page of code that needs neither padding nor
the seconds and hundreds of megabytes of a general library, and a short question costs a third of the time. The
vectors are the library's up to rounding; the contract suite compares them.

``recipe`` says whether a model folder is of this kind. All others go through ``sentence_transformer``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from safetensors import SafetensorError
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from torch.nn.functional import normalize

from knowledge.embedding.base import Vectors
from knowledge.embedding.network import Network
from knowledge.embedding.weights import WEIGHTS, model_name
from knowledge.errors import SearchUnavailable

# At most about so many tokens go through the layers together: what lies between the layers stays in the cache.
TOKENS_AT_ONCE = 512
Item = TypeVar("Item")
Result = TypeVar("Result")
_KINDS = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is needed of a model's settings."""

    directory: Path
    heads: int
    layers: int
    epsilon: float
    longest: int  # tokens of a text, the special ones included


def recipe(directory: Path) -> Recipe | None:
    """How to run the model in this folder, or None when it is not a plain BERT with mean pooling."""
    modules = _settings(directory, "modules.json") or []
    if tuple(str(module["type"]).rsplit(".", 1)[-1] for module in modules) not in _KINDS or modules[0]["path"]:
        return None
    config, tokens = _settings(directory, "config.json"), _settings(directory, "tokenizer_config.json")
    use = _settings(directory, "sentence_bert_config.json")
    if not (_is_bert(config) and _is_mean(_settings(directory, f"{modules[1]['path']}/config.json"))):
        return None
    prompted = _settings(directory, "config_sentence_transformers.json").get("default_prompt_name")
    files = all((directory / name).is_file() for name in (WEIGHTS, "tokenizer.json"))
    if prompted or not files or use.get("do_lower_case") or tokens.get("do_lower_case", True) != _lowers(directory):
        return None
    longest = use.get("max_seq_length") or min(config["max_position_embeddings"], tokens.get("model_max_length", 512))
    return Recipe(
        directory, config["num_attention_heads"], config["num_hidden_layers"], config["layer_norm_eps"], longest
    )


def _settings(directory: Path, name: str) -> Any:
    path = directory / name
    return json.loads(path.read_text()) if path.is_file() else {}


def _is_bert(config: Mapping[str, Any]) -> bool:
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("torch_dtype", config.get("dtype", "float32")) == "float32"
        and not config.get("is_decoder", False)
    )


def _is_mean(pooling: Mapping[str, Any]) -> bool:
    modes = [name for name, on in pooling.items() if name.startswith("pooling_mode_") and on is True]
    return pooling.get("pooling_mode") == "mean" or modes == ["pooling_mode_mean_tokens"]


def _lowers(directory: Path) -> bool:
    """Whether the tokenizer's file makes letters small; one at odds with its settings is left to the library."""
    normalizer = _settings(directory, "tokenizer.json").get("normalizer") or {}
    return bool(normalizer.get("lowercase", False))


class PlainBertEmbedder:
    """Many texts are shared out among the cores, a pass on each, because a pass that is split over cores waits at
    every step for the slower one. A single text is split all the same: nobody else has work meanwhile.

    Callers take turns after one pass on each core, so no list of texts holds up another one. Torch keeps the number
    of threads for each thread that calls it, so every pass sets it first.
    """

    def __init__(self, recipe: Recipe, *, query_prefix: str = "", passage_prefix: str = "", threads: int = 0) -> None:
        try:
            self.network = Network(recipe.directory / WEIGHTS, recipe.layers, recipe.heads, recipe.epsilon)
            self._tokenizer = Tokenizer.from_file(str(recipe.directory / "tokenizer.json"))
        except (OSError, SafetensorError, KeyError) as error:
            raise SearchUnavailable(f"The embedding model in {recipe.directory} cannot be loaded: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(recipe.longest)
        self._prefixes = (query_prefix, passage_prefix)
        self._threads = threads or torch.get_num_threads()
        self._cores = ThreadPoolExecutor(self._threads, "embedding")
        self._model_id = model_name(recipe.directory)
        self._directory = recipe.directory

    @property
    def model_id(self) -> str:
        return self._model_id

    @property
    def dimension(self) -> int:
        return self.network.width

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._embed([self._prefixes[1] + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._embed([self._prefixes[0] + text])[0]
        return vector

    def tokenizer_without_limits(self) -> Tokenizer:
        """A tokenizer of its own for who reads with this model's layers."""
        tokenizer = Tokenizer.from_file(str(self._directory / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    def on_cores(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """``work`` of every item, on all cores, in their order, without gradients."""

        def alone(item: Item) -> Result:
            return self._with_threads(1, work, item)

        if len(items) == 1:
            return [self._with_threads(self._threads, work, items[0])]
        return list(self._cores.map(alone, items))

    def _with_threads(self, threads: int, work: Callable[[Item], Result], item: Item) -> Result:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        with torch.inference_mode():
            return work(item)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for place, (_, tokens) in enumerate(self._read(texts)):
            vectors[place] = normalize(tokens.mean(0), dim=0).numpy()
        return vectors

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[Encoding, Tensor]]:
        """Each text's tokens, whose ``offsets`` say which characters they stand for, and their (n, dimension)
        vectors after the last layer."""
        batches = _batches(self._tokenizer.encode_batch(list(texts)), self._threads)
        for at in range(0, len(batches), self._threads):
            some = batches[at : at + self._threads]
            for batch, vectors in zip(some, self.on_cores(self._pass, some), strict=True):
                yield from zip(batch, vectors, strict=True)

    def _pass(self, batch: Sequence[Encoding]) -> tuple[Tensor, ...]:
        lengths = [len(encoding.ids) for encoding in batch]
        tokens = self.network.begin([number for encoding in batch for number in encoding.ids], lengths)
        return torch.split(self.network.through(tokens, lengths, self.network.layers), lengths)


def _batches(encodings: Sequence[Encoding], cores: int) -> list[list[Encoding]]:
    """Runs of texts of about the same size in tokens, small enough, and as many as keep all cores busy."""
    total = sum(len(encoding.ids) for encoding in encodings)
    rounds = math.ceil(total / (TOKENS_AT_ONCE * cores))
    size = total / max(1, rounds * cores)
    batches: list[list[Encoding]] = []
    before, last = 0, -1
    for encoding in encodings:
        # A text belongs to the run that its middle lies in.
        place = int((before + len(encoding.ids) / 2) / size)
        if place != last:
            batches.append([])
            last = place
        batches[-1].append(encoding)
        before += len(encoding.ids)
    return batches

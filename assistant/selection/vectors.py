"""Vectors and readings of single sentences, kept per process: the same sentences answer many questions, and many
people ask the same."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache

from knowledge.embedding import Vectors, get_embedder, query_vector
from knowledge.reading import Sentence, get_reader

_VECTORS = 8192  # 1.5 kB each at 384 dimensions
_READINGS = 16_384  # numbers
Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """The last values, under what they were made from."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._values: LRUCache[bytes, Value] = LRUCache(most)

    def get(self, keys: Sequence[bytes], make: Callable[[list[int]], Sequence[Value]]) -> list[Value]:
        """In the order of the keys; ``make`` is asked once for those of these places that are not there."""
        with self._lock:
            known = {key: self._values[key] for key in keys if key in self._values}
        missing = {key: place for place, key in enumerate(keys) if key not in known}
        if missing:
            known.update(zip(missing, make(list(missing.values())), strict=True))
            with self._lock:
                self._values.update((key, known[key]) for key in missing)
        return [known[key] for key in keys]


_vectors: _Kept[Vectors] = _Kept(_VECTORS)
_readings: _Kept[float] = _Kept(_READINGS)


def _key(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=16).digest()


def vectors_of(texts: Sequence[str]) -> Vectors:
    """(n, dimension) unit vectors. Raises SearchUnavailable when the model cannot be used."""
    embedder = get_embedder()
    if not texts:
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    keys = [_key(embedder.model_id, text) for text in texts]
    return np.stack(_vectors.get(keys, lambda places: list(embedder.embed_documents([texts[at] for at in places]))))


class SentenceMeaning:
    """The model with its kept sentence vectors."""

    def embed_query(self, text: str) -> Vectors:
        return query_vector(text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return vectors_of(texts)

    def read(self, question: str, sentences: Sequence[Sentence]) -> Sequence[float] | None:
        reader = get_reader()
        if reader is None:
            return None
        keys = [_key(reader.model_id, question, sentence.about, sentence.text) for sentence in sentences]
        return _readings.get(
            keys,
            lambda places: [found.answers for found in reader.read(question, [sentences[at] for at in places])],
        )


def similarity(one: str, other: str) -> float:
    """Cosine of two texts. Raises SearchUnavailable when the model cannot be used."""
    first, second = vectors_of([one, other])
    return float(first @ second)

"""Vectors of single sentences, kept per process: the same sentences answer many questions."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from knowledge.embedding import Vectors, get_embedder, query_vector
from knowledge.reading import Sentence, get_reader

_KEPT = 8192  # vectors; 1.5 kB each at 384 dimensions
_lock = threading.Lock()
_cache: OrderedDict[bytes, Vectors] = OrderedDict()


def vectors_of(texts: Sequence[str]) -> Vectors:
    """(n, dimension) unit vectors. Raises SearchUnavailable when the model cannot be used."""
    embedder = get_embedder()
    keys = [hashlib.blake2b(f"{embedder.model_id}\0{text}".encode(), digest_size=16).digest() for text in texts]
    known: dict[bytes, Vectors] = {}
    with _lock:
        for key in keys:
            if key in _cache:
                _cache.move_to_end(key)
                known[key] = _cache[key]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        known.update(zip(missing, embedder.embed_documents(list(missing.values())), strict=True))
        with _lock:
            _cache.update((key, known[key]) for key in missing)
            while len(_cache) > _KEPT:
                _cache.popitem(last=False)
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, embedder.dimension), dtype=np.float32)


class SentenceMeaning:
    """The model with its kept sentence vectors."""

    def embed_query(self, text: str) -> Vectors:
        return query_vector(text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return vectors_of(texts)

    def read(self, question: str, sentences: Sequence[Sentence]) -> Sequence[float] | None:
        reader = get_reader()
        return None if reader is None else [reading.answers for reading in reader.read(question, sentences)]


def similarity(one: str, other: str) -> float:
    """Cosine of two texts. Raises SearchUnavailable when the model cannot be used."""
    first, second = vectors_of([one, other])
    return float(first @ second)

"""Embedding: ``get_embedder()`` gives the one model this process uses, as the settings name it."""

from __future__ import annotations

import threading
from pathlib import Path

from cachetools import LRUCache
from django.conf import settings

from knowledge.embedding.base import Embedder, Vectors
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.packaged import packaged_model_dir
from knowledge.errors import SearchUnavailable

__all__ = ["Embedder", "Vectors", "get_embedder", "model_dir", "query_vector"]

_lock = threading.Lock()
_KEPT_QUERIES = 512
_queries: LRUCache[tuple[str, str], Vectors] = LRUCache(_KEPT_QUERIES)
_loaded: dict[tuple[str, str, str], Embedder] = {}


def model_dir() -> Path:
    """The folder of the configured model. Raises SearchUnavailable when there is none."""
    return Path(settings.EMBEDDING_MODEL) if settings.EMBEDDING_MODEL else packaged_model_dir()


def get_embedder() -> Embedder:
    """The configured embedder, loaded once per process.

    Raises SearchUnavailable when the model is missing or cannot be loaded: it may be back when somebody mends that.
    """
    key = (str(model_dir()), settings.EMBEDDING_QUERY_PREFIX, settings.EMBEDDING_PASSAGE_PREFIX)
    with _lock:
        if key not in _loaded:
            embedder = _load(*key)
            if settings.EMBEDDING_CACHE:
                embedder = CachedEmbedder(embedder, Path(settings.EMBEDDING_CACHE))
            _loaded[key] = embedder
        return _loaded[key]


def query_vector(text: str) -> Vectors:
    """(dimension,) of a question. The last ones are kept: a question is searched, ranked and compared.

    Raises as ``get_embedder`` does, and SearchUnavailable when the model fails.
    """
    embedder = get_embedder()
    key = (embedder.model_id, text)
    with _lock:
        if (kept := _queries.get(key)) is not None:
            return kept
    vector = embedder.embed_query(text)
    vector.flags.writeable = False
    with _lock:
        _queries[key] = vector
    return vector


def _load(directory: str, query_prefix: str, passage_prefix: str) -> Embedder:
    folder = Path(directory)
    if not folder.is_dir():
        raise SearchUnavailable(f"The embedding model folder {folder} does not exist.")
    # Importing a model library costs seconds and memory, so only processes that embed pay for one, and only for
    # the one they need.
    from knowledge.embedding.plain_bert import PlainBertEmbedder, recipe

    plain = recipe(folder)
    if plain is not None:
        return PlainBertEmbedder(
            plain, query_prefix=query_prefix, passage_prefix=passage_prefix, threads=settings.EMBEDDING_THREADS
        )
    from knowledge.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(
        folder,
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
        batch_size=settings.EMBEDDING_BATCH,
        threads=settings.EMBEDDING_THREADS,
    )

"""Embedding: ``get_embedder()`` gives the one model this process uses, as the settings name it."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from knowledge.embedding.base import Embedder, Vectors
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.packaged import packaged_model_dir

__all__ = ["Embedder", "Vectors", "get_embedder", "model_dir"]

_lock = threading.Lock()
_loaded: dict[tuple[str, str, str], Embedder] = {}


def model_dir() -> Path:
    """The folder of the configured model. Raises ConfigurationError when there is none."""
    return Path(settings.EMBEDDING_MODEL) if settings.EMBEDDING_MODEL else packaged_model_dir()


def get_embedder() -> Embedder:
    """The configured embedder, loaded once per process.

    Raises ConfigurationError when the model folder is missing, SearchUnavailable when it cannot be loaded.
    """
    key = (str(model_dir()), settings.EMBEDDING_QUERY_PREFIX, settings.EMBEDDING_PASSAGE_PREFIX)
    with _lock:
        if key not in _loaded:
            # Importing the model library costs seconds and memory, so only processes that embed pay for it.
            from knowledge.embedding.sentence_transformer import SentenceTransformerEmbedder

            embedder: Embedder = SentenceTransformerEmbedder(
                Path(key[0]),
                query_prefix=key[1],
                passage_prefix=key[2],
                batch_size=settings.EMBEDDING_BATCH,
                threads=settings.EMBEDDING_THREADS,
            )
            if settings.EMBEDDING_CACHE:
                embedder = CachedEmbedder(embedder, Path(settings.EMBEDDING_CACHE))
            _loaded[key] = embedder
        return _loaded[key]

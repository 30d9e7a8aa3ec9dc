"""Reading question and sentence together: ``get_reader()`` gives the model made for the configured embedding model."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from knowledge.embedding import get_embedder
from knowledge.errors import SearchUnavailable
from knowledge.reading.base import Reader, Reading, Sentence

__all__ = ["WEIGHTS_FOLDER", "Reader", "Reading", "Sentence", "get_reader"]

logger = logging.getLogger("footnote.search")
WEIGHTS_FOLDER = Path(__file__).parent / "weights"
_lock = threading.Lock()
_loaded: dict[str, Reader | None] = {}


def get_reader() -> Reader | None:
    """The reader on top of the configured embedding model, loaded once per process; None when there is none for it.

    None as well when it cannot be loaded: answering does without it, and the log says so, once. Raises as
    ``get_embedder`` does.
    """
    embedder = get_embedder()
    with _lock:
        if embedder.model_id not in _loaded:
            _loaded[embedder.model_id] = _load(embedder.model_id)
        return _loaded[embedder.model_id]


def _load(model_id: str) -> Reader | None:
    from knowledge.embedding.cached import CachedEmbedder
    from knowledge.embedding.plain_bert import PlainBertEmbedder
    from knowledge.reading.joint import JointReader

    embedder = get_embedder()
    inner = embedder.inner if isinstance(embedder, CachedEmbedder) else embedder
    weights = WEIGHTS_FOLDER / f"{model_id.rsplit('@', 1)[-1]}.safetensors"
    if not isinstance(inner, PlainBertEmbedder) or not weights.is_file():
        logger.info("no reading model for embedding model %s", model_id)
        return None
    try:
        return JointReader(weights, inner)
    except SearchUnavailable as error:
        logger.error("answering goes on without reading sentences together: %s", error)
        return None

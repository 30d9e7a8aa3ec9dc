"""Reading question and sentence together: ``get_reader()`` gives the model made for the configured embedding model."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.embedding import get_embedder
from knowledge.errors import SearchUnavailable
from knowledge.reading.base import Reader, Reading, Sentence

if TYPE_CHECKING:  # what embeds nothing does not load the model library
    from knowledge.embedding.plain_bert import PlainBertEmbedder

__all__ = ["WEIGHTS_FOLDER", "Reader", "Reading", "Sentence", "get_reader", "plain_embedder", "weights_name"]

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


def plain_embedder() -> PlainBertEmbedder | None:
    """The configured embedding model, if its layers can be read one by one. Raises as ``get_embedder`` does."""
    from knowledge.embedding.cached import CachedEmbedder
    from knowledge.embedding.plain_bert import PlainBertEmbedder

    embedder = get_embedder()
    inner = embedder.inner if isinstance(embedder, CachedEmbedder) else embedder
    return inner if isinstance(inner, PlainBertEmbedder) else None


def weights_name(model_id: str) -> str:
    """What the weights for an embedding model are called in ``WEIGHTS_FOLDER``."""
    return f"{model_id.rsplit('@', 1)[-1]}.safetensors"


def _load(model_id: str) -> Reader | None:
    from knowledge.reading.joint import JointReader

    embedder = plain_embedder()
    weights = WEIGHTS_FOLDER / weights_name(model_id)
    if embedder is None or not weights.is_file():
        logger.info("no reading model for embedding model %s", model_id)
        return None
    try:
        return JointReader(weights, embedder)
    except SearchUnavailable as error:
        logger.error("answering goes on without reading sentences together: %s", error)
        return None

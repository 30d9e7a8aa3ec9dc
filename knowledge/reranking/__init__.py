"""Re-ranking: ``get_reranker()`` gives the model that the settings name, if they name one."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.conf import settings

from knowledge.errors import FootnoteError
from knowledge.reranking.base import Reranker, Scores

__all__ = ["Reranker", "Scores", "get_reranker"]

logger = logging.getLogger("footnote.search")
_lock = threading.Lock()
_loaded: dict[str, Reranker | None] = {}


def get_reranker() -> Reranker | None:
    """The configured model, loaded once per process; None when none is configured.

    None as well when it cannot be loaded: search does without it, and the log says so, once.
    """
    folder = settings.RERANKER
    if not folder:
        return None
    with _lock:
        if folder not in _loaded:
            _loaded[folder] = _load(Path(folder))
        return _loaded[folder]


def _load(folder: Path) -> Reranker | None:
    # The library costs seconds and memory, so only processes that re-rank pay for it.
    from knowledge.reranking.cross_encoder import CrossEncoderReranker

    try:
        reranker = CrossEncoderReranker(folder)
    except FootnoteError as error:
        logger.error("search goes on without re-ranking: %s", error)
        return None
    logger.info("re-ranking model=%s", reranker.model_id)
    return reranker

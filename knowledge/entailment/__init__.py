"""Entailment: ``get_entailer()`` gives the model that the settings name, if they name one."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.conf import settings

from knowledge.entailment.base import Entailer, Entailment
from knowledge.errors import FootnoteError

__all__ = ["Entailer", "Entailment", "get_entailer"]

logger = logging.getLogger("footnote.search")
_lock = threading.Lock()
_loaded: dict[str, Entailer | None] = {}


def get_entailer() -> Entailer | None:
    """The configured model, loaded once per process; None when none is configured.

    None as well when it cannot be loaded: sentences are checked without it, and the log says so, once.
    """
    folder = settings.ENTAILMENT
    if not folder:
        return None
    with _lock:
        if folder not in _loaded:
            _loaded[folder] = _load(Path(folder))
        return _loaded[folder]


def _load(folder: Path) -> Entailer | None:
    # The library costs seconds and memory, so only processes that use such a model pay for it.
    from knowledge.entailment.cross_encoder import CrossEncoderEntailer

    try:
        entailer = CrossEncoderEntailer(folder)
    except FootnoteError as error:
        logger.error("sentences are checked without the entailment model: %s", error)
        return None
    logger.info("entailment model=%s", entailer.model_id)
    return entailer

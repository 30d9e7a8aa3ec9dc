"""Re-ranking: ``get_reranker()`` gives the model that the settings name, if they name one."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from knowledge.cross_encoding import OptionalModel
from knowledge.reranking.base import Reranker, Scores

__all__ = ["Reranker", "Scores", "get_reranker"]


def _make(folder: Path) -> Reranker:
    # The library costs seconds and memory, so only processes that use such a model pay for it.
    from knowledge.reranking.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(folder)


_model = OptionalModel("re-ranking", _make, "search goes on without re-ranking")


def get_reranker() -> Reranker | None:
    """The configured model; None when none is configured or it cannot be loaded: search does without it."""
    return _model.get(settings.RERANKER)

"""Re-ranking by a cross-encoder with one score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.cross_encoding.local import LocalCrossEncoder
from knowledge.errors import ConfigurationError
from knowledge.reranking.base import Scores


class CrossEncoderReranker:
    """Reads a question beside each text."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError for a folder that holds no such model, SearchUnavailable for one that is broken."""
        self._model = LocalCrossEncoder(directory, "re-ranking")
        if self._model.classes != 1:
            raise ConfigurationError(f"The model in {directory} sorts texts into classes; it does not score them.")

    @property
    def model_id(self) -> str:
        return self._model.model_id

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        return self._model.read([(question, text) for text in texts]) if texts else np.zeros(0)

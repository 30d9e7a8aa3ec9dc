"""Entailment by a cross-encoder: its classes are "entailment" and "contradiction", or its one score is what follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.cross_encoding.local import LocalCrossEncoder
from knowledge.entailment.base import Entailment
from knowledge.errors import ConfigurationError


class CrossEncoderEntailer:
    """Reads a text beside a statement."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError for a folder that holds no such model, SearchUnavailable for one that is broken."""
        self._model = LocalCrossEncoder(directory, "entailment")
        self._classes = (self._model.labels.get("entailment"), self._model.labels.get("contradiction"))
        if self._model.classes > 1 and None in self._classes:
            raise ConfigurationError(f"The model in {directory} names no classes entailment and contradiction.")

    @property
    def model_id(self) -> str:
        return self._model.model_id

    def judge(self, text: str, statement: str) -> Entailment:
        scores = self._model.read([(text, statement)]).reshape(-1)
        if len(scores) == 1:
            return Entailment(float(np.exp(-np.logaddexp(0.0, -scores[0]))), 0.0)
        shares = np.exp(scores - np.logaddexp.reduce(scores))
        follows, contradicts = self._classes
        return Entailment(float(shares[follows]), float(shares[contradicts]))

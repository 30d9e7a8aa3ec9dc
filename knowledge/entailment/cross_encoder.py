"""Entailment by any sentence-transformers CrossEncoder in a local folder: with the classes "entailment" and
"contradiction", or with one score for what follows."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from sentence_transformers import CrossEncoder
from torch import nn
from transformers.utils import logging as model_logging

from knowledge.embedding.weights import WEIGHTS, weights_fingerprint
from knowledge.entailment.base import Entailment
from knowledge.errors import ConfigurationError, SearchUnavailable


class CrossEncoderEntailer:
    """Text and statement go through the model together."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError for a folder that holds no such model, SearchUnavailable for one that is broken."""
        if not (directory / WEIGHTS).is_file():
            raise ConfigurationError(f"The entailment model folder {directory} holds no {WEIGHTS}.")
        # Commands own their standard error.
        model_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library has no types here
        try:
            self._model = CrossEncoder(
                str(directory), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise SearchUnavailable(f"The entailment model in {directory} cannot be loaded: {error}") from error
        names = {str(name).lower(): int(place) for place, name in self._model.config.id2label.items()}
        self._classes = (names.get("entailment"), names.get("contradiction"))
        if self._model.num_labels > 1 and None in self._classes:
            raise ConfigurationError(f"The model in {directory} names no classes entailment and contradiction.")
        self._model.eval()
        self._lock = threading.Lock()
        self._model_id = f"{directory.name}@{weights_fingerprint(directory)}"

    @property
    def model_id(self) -> str:
        return self._model_id

    def judge(self, text: str, statement: str) -> Entailment:
        try:
            # One forward pass at a time: two at once only share the same cores and double the memory.
            with self._lock:
                found = self._model.predict(
                    [(text, statement)], show_progress_bar=False, activation_fn=nn.Identity(), convert_to_numpy=True
                )
        except (RuntimeError, IndexError, ValueError) as error:
            raise SearchUnavailable(f"The entailment model failed: {error}") from error
        scores = np.asarray(found, dtype=np.float64).reshape(-1)
        if not np.isfinite(scores).all():
            raise SearchUnavailable("The entailment model gave scores that are no numbers.")
        if len(scores) == 1:
            return Entailment(float(np.exp(-np.logaddexp(0.0, -scores[0]))), 0.0)
        shares = np.exp(scores - np.logaddexp.reduce(scores))
        follows, contradicts = self._classes
        return Entailment(float(shares[follows]), float(shares[contradicts]))

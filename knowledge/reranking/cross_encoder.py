"""Re-ranking by any sentence-transformers CrossEncoder in a local folder, through that library."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from sentence_transformers import CrossEncoder
from torch import nn
from transformers.utils import logging as model_logging

from knowledge.embedding.weights import WEIGHTS, weights_fingerprint
from knowledge.errors import ConfigurationError, SearchUnavailable
from knowledge.reranking.base import Scores


class CrossEncoderReranker:
    """Question and text go through the model together (Nogueira and Cho, 2019, arXiv 1901.04085)."""

    def __init__(self, directory: Path) -> None:
        """Raises ConfigurationError for a folder that holds no such model, SearchUnavailable for one that is broken."""
        if not (directory / WEIGHTS).is_file():
            raise ConfigurationError(f"The re-ranking model folder {directory} holds no {WEIGHTS}.")
        # Commands own their standard error.
        model_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library has no types here
        try:
            self._model = CrossEncoder(
                str(directory), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise SearchUnavailable(f"The re-ranking model in {directory} cannot be loaded: {error}") from error
        if self._model.num_labels != 1:
            raise ConfigurationError(f"The model in {directory} sorts texts into classes; it does not score them.")
        self._model.eval()
        self._lock = threading.Lock()
        self._model_id = f"{directory.name}@{weights_fingerprint(directory)}"

    @property
    def model_id(self) -> str:
        return self._model_id

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        if not texts:
            return np.zeros(0)
        try:
            # One forward pass at a time: two at once only share the same cores and double the memory.
            with self._lock:
                found = self._model.predict(
                    [(question, text) for text in texts],
                    show_progress_bar=False,
                    activation_fn=nn.Identity(),
                    convert_to_numpy=True,
                )
        except (RuntimeError, IndexError, ValueError) as error:
            raise SearchUnavailable(f"The re-ranking model failed: {error}") from error
        scores = np.asarray(found, dtype=np.float64)
        if not np.isfinite(scores).all():
            raise SearchUnavailable("The re-ranking model gave scores that are no numbers.")
        return scores

"""Any sentence-transformers CrossEncoder in a local folder, through that library."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from sentence_transformers import CrossEncoder
from torch import nn
from transformers.utils import logging as model_logging

from knowledge.embedding.weights import WEIGHTS, weights_fingerprint
from knowledge.errors import ConfigurationError, SearchUnavailable


class LocalCrossEncoder:
    """Two texts go through the model together (Nogueira and Cho, 2019, arXiv 1901.04085). ``what`` names it in errors;
    ``labels`` maps the names of its classes, in small letters, to their places."""

    def __init__(self, directory: Path, what: str) -> None:
        """Raises ConfigurationError for a folder that holds no such model, SearchUnavailable for one that is broken."""
        self._what = what
        if not (directory / WEIGHTS).is_file():
            raise ConfigurationError(f"The {what} model folder {directory} holds no {WEIGHTS}.")
        # Commands own their standard error.
        model_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library has no types here
        try:
            self._model = CrossEncoder(
                str(directory), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise SearchUnavailable(f"The {what} model in {directory} cannot be loaded: {error}") from error
        self._model.eval()
        self._lock = threading.Lock()
        self.model_id = f"{directory.name}@{weights_fingerprint(directory)}"
        self.classes: int = self._model.num_labels
        self.labels = {str(name).lower(): int(place) for place, name in self._model.config.id2label.items()}

    def read(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """(n,) or (n, classes) finite numbers as the last layer gives them. Raises SearchUnavailable."""
        try:
            # One forward pass at a time: two at once only share the same cores and double the memory.
            with self._lock:
                found = self._model.predict(
                    list(pairs), show_progress_bar=False, activation_fn=nn.Identity(), convert_to_numpy=True
                )
        except (RuntimeError, IndexError, ValueError) as error:
            raise SearchUnavailable(f"The {self._what} model failed: {error}") from error
        scores = np.asarray(found, dtype=np.float64)
        if not np.isfinite(scores).all():
            raise SearchUnavailable(f"The {self._what} model gave scores that are no numbers.")
        return scores

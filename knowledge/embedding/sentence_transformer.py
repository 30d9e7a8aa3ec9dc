"""Embedding by any sentence-transformers model in a local folder, through that library."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as model_logging

from knowledge.embedding.base import Vectors
from knowledge.embedding.weights import model_name
from knowledge.errors import ConfigurationError, SearchUnavailable


class SentenceTransformerEmbedder:
    """Normalised sentence vectors (Reimers and Gurevych, 2019, arXiv 1908.10084), pooled as the model says."""

    def __init__(
        self,
        directory: Path,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
        batch_size: int = 32,
        threads: int = 0,
    ) -> None:
        if threads:
            torch.set_num_threads(threads)
        # Commands own their standard error.
        model_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library has no types here
        try:
            self._model = SentenceTransformer(str(directory), device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"The embedding model in {directory} cannot be loaded: {error}") from error
        self._model.eval()
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ConfigurationError(f"The model in {directory} does not say how long its vectors are.")
        self._dimension = dimension
        self._prefixes = (query_prefix, passage_prefix)
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._model_id = model_name(directory)

    @property
    def model_id(self) -> str:
        return self._model_id

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prefixes[1] + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._encode([self._prefixes[0] + text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        # One forward pass at a time: two at once only share the same cores and double the memory.
        with self._lock:
            vectors = self._model.encode(
                texts,
                batch_size=self._batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

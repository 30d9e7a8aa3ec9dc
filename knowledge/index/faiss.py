"""Exact inner-product search with FAISS (Douze et al., 2024, arXiv 2401.08281)."""

from __future__ import annotations

import threading
from pathlib import Path

import faiss
import numpy as np

from knowledge.embedding.base import Vectors
from knowledge.index.base import Ids, Scores

FILE = "vectors.faiss"


class FaissIndex:
    """A flat index with our own ids. Filtering happens inside the search, before the top k are chosen."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._lock = threading.RLock()
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._sorted: Ids | None = None

    def add(self, ids: Ids, vectors: Vectors) -> None:
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"expected vectors of shape ({len(ids)}, {self.dimension}), got {vectors.shape}")
        with self._lock:
            known = np.intersect1d(ids, self.ids())
            if len(known):
                self._index.remove_ids(faiss.IDSelectorBatch(known))
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
            self._sorted = None

    def remove(self, ids: Ids) -> None:
        with self._lock:
            if len(ids):
                self._index.remove_ids(faiss.IDSelectorBatch(ids))
                self._sorted = None

    def search(self, vector: Vectors, k: int, allowed: Ids) -> tuple[Ids, Scores]:
        with self._lock:
            allowed = np.intersect1d(allowed, self.ids(), assume_unique=True)
            if not len(allowed) or k <= 0:
                return np.zeros(0, np.int64), np.zeros(0, np.float32)
            query = np.ascontiguousarray(vector.reshape(1, -1), dtype=np.float32)
            k = min(k, len(allowed))
            if len(allowed) == self._index.ntotal:
                scores, ids = self._index.search(query, k)
            else:
                # The stubs do not know that SWIG takes the fields as keywords.
                only = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
                scores, ids = self._index.search(query, k, params=only)
        found = ids[0] >= 0
        return ids[0][found].astype(np.int64), scores[0][found].astype(np.float32)

    def ids(self) -> Ids:
        with self._lock:
            if self._sorted is None:
                self._sorted = np.sort(faiss.vector_to_array(self._index.id_map)).astype(np.int64)
            return self._sorted

    def save(self, directory: Path) -> None:
        with self._lock:
            faiss.write_index(self._index, str(directory / FILE))

    def load(self, directory: Path) -> None:
        try:
            loaded = faiss.read_index(str(directory / FILE))
        except RuntimeError as error:
            raise ValueError(f"the vector file cannot be read: {error}") from error
        if not isinstance(loaded, faiss.IndexIDMap2) or loaded.d != self.dimension:
            raise ValueError("the vector file holds another kind of index")
        with self._lock:
            self._index = loaded
            self._sorted = None

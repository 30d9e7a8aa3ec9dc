"""The arithmetic, done by FAISS (Douze et al., 2024, arXiv 2401.08281) on plain arrays, mapped files included."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.base import Vectors

Rows = NDArray[np.int64]
_ROUNDS = 8
_SAMPLE_PER_CELL = 48
_AT_ONCE = 65_536


def inner_products(query: Vectors, matrix: Vectors, rows: Rows) -> NDArray[np.float32]:
    """The inner product of ``query`` (d,) with each of the named rows of ``matrix`` (n, d), nothing copied.

    One pair at a time: a score does not depend on which other rows are looked at, as it may with a matrix product.
    """
    scores = np.empty(len(rows), dtype=np.float32)
    if len(rows):
        pointers = (faiss.swig_ptr(array) for array in (scores, query, matrix, rows))
        # The stubs leave this function out.
        faiss.fvec_inner_products_by_idx(*pointers, matrix.shape[1], 1, len(rows))  # type: ignore[attr-defined]
    return scores


def train_cells(vectors: Vectors, count: int) -> Vectors:
    """``count`` unit vectors (count, d) around which these gather, the same for the same input."""
    means = faiss.Kmeans(vectors.shape[1], count, niter=_ROUNDS, spherical=True, seed=1)
    means.train(vectors)
    return np.asarray(means.centroids, dtype=np.float32)


def sample_size(cells: int) -> int:
    """How many vectors ``train_cells`` should see."""
    return cells * _SAMPLE_PER_CELL


def nearest_cell(vectors: Vectors, centres: Vectors) -> NDArray[np.int32]:
    """For each vector the number of the cell it belongs to."""
    flat = faiss.IndexFlatIP(centres.shape[1])
    flat.add(centres)
    found = np.empty(len(vectors), dtype=np.int32)
    for start in range(0, len(vectors), _AT_ONCE):
        part = np.ascontiguousarray(vectors[start : start + _AT_ONCE], dtype=np.float32)
        found[start : start + len(part)] = flat.search(part, 1)[1][:, 0]
    return found

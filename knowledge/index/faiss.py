"""Search in a snapshot and its tail: exact for whoever sees little, by cells with the filter inside for the others."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from knowledge.embedding.base import Vectors
from knowledge.index.base import Ids, Scores
from knowledge.index.kernels import Rows, inner_products
from knowledge.index.plan import Plan
from knowledge.index.segments import Base, Living, Tail, write

# Rows of remembered filters, all together: 32 MB.
_REMEMBERED = 8_000_000


@dataclass(frozen=True)
class _Filter:
    """The rows of a base that one set of allowed ids leaves, and where each cell begins among them."""

    allowed: Ids
    base: Base
    rows: NDArray[np.int32]
    bounds: NDArray[np.int64]


class FaissIndex:
    """Vectors of the last snapshot, divided into cells when there are many, and those that came since.

    A question is compared with visible vectors only: with all of them when they are few, otherwise with those of the
    cells nearest to it (see ``Plan``). Of the tail every visible vector is compared.
    """

    def __init__(self, dimension: int, plan: Plan | None = None) -> None:
        self.dimension = dimension
        self.plan = plan or Plan()
        self._lock = threading.RLock()
        self._base = Base.empty(dimension)
        self._tail = Tail(dimension)
        self._filters: LRUCache[int, _Filter] = LRUCache(
            _REMEMBERED, getsizeof=lambda one: min(max(len(one.rows), len(one.allowed), 1), _REMEMBERED)
        )

    def add(self, ids: Ids, vectors: Vectors) -> None:
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"expected vectors of shape ({len(ids)}, {self.dimension}), got {vectors.shape}")
        with self._lock:
            self.remove(ids)
            self._tail.append(ids, vectors)

    def remove(self, ids: Ids) -> None:
        wanted = np.unique(ids)
        with self._lock:
            self._base.alive[self._base.rows_inside(wanted)] = False
            self._tail.kill(wanted)

    def search(self, vector: Vectors, k: int, allowed: Ids) -> tuple[Ids, Scores]:
        if k <= 0 or not len(allowed):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        query = np.ascontiguousarray(vector.reshape(-1), dtype=np.float32)
        with self._lock:
            base, tail = self._base, self._tail.view()
            inside = self._filter(base, allowed)
        old = _promising(query, inside, self.plan)
        old = old[base.alive[old]]
        new = tail.rows_inside(allowed)
        new = new[tail.alive[new]]
        scores = np.concatenate([inner_products(query, base.vectors, old), inner_products(query, tail.vectors, new)])
        return _best(np.concatenate([base.ids[old], tail.ids[new]]), scores, k)

    def _filter(self, base: Base, allowed: Ids) -> _Filter:
        """Remembered only for an array that nobody can change; the filter keeps it, so its identity stays its own."""
        known = self._filters.get(id(allowed))
        if known is not None and known.base is base:
            return known
        rows = base.rows_inside(allowed)
        made = _Filter(allowed, base, rows, np.searchsorted(rows, base.starts))
        if allowed.base is None and not allowed.flags.writeable:
            self._filters[id(allowed)] = made
        return made

    def ids(self) -> Ids:
        with self._lock:
            return np.sort(Living(self._base, self._tail.view()).ids)

    def save(self, directory: Path) -> None:
        with self._lock:
            living = Living(self._base, self._tail.view())
        write(directory, living, self.plan)

    def load(self, directory: Path) -> None:
        base = Base.read(directory, self.dimension)
        with self._lock:
            self._base, self._tail = base, Tail(self.dimension)
            self._filters.clear()


def _promising(query: Vectors, inside: _Filter, plan: Plan) -> Rows:
    """The visible rows to compare."""
    rows, base = inside.rows, inside.base
    if len(rows) <= plan.exact or not len(base.centres):
        return rows.astype(np.int64)
    nearness = inner_products(query, base.centres, np.arange(len(base.centres)))
    cells = np.argsort(-nearness, kind="stable")
    visible, all_of_it = np.diff(inside.bounds)[cells], np.diff(base.starts)[cells]
    cost = np.cumsum(visible + plan.passing * (all_of_it - visible))
    chosen = np.sort(cells[: int(np.searchsorted(cost, plan.examined)) + 1])
    parts = [rows[inside.bounds[cell] : inside.bounds[cell + 1]] for cell in chosen]
    return np.concatenate(parts).astype(np.int64)


def _best(ids: Ids, scores: Scores, k: int) -> tuple[Ids, Scores]:
    """The k greatest. Equal scores go by id, also where the k end, so that the choice depends on nothing else."""
    if len(ids) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        stays = scores >= least
        ids, scores = ids[stays], scores[stays]
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]

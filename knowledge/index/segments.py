"""The two parts of an index: what a snapshot holds, which never changes, and the tail that came after it."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.base import Vectors
from knowledge.index import kernels
from knowledge.index.base import Ids
from knowledge.index.kernels import Rows
from knowledge.index.plan import Plan

VECTORS, IDS, CENTRES, STARTS = "vectors.npy", "ids.npy", "centres.npy", "starts.npy"
_CHUNK = 16_384
_FIRST = 1024
# Below this share looking ids up one by one is quicker than going through all of them.
_FEW = 16
# Linux's MADV_POPULATE_READ: all pages are mapped now, not one by one by the first questions.
_POPULATE_READ = 22


@dataclass(frozen=True)
class Base:
    """Vectors in the order of the file: by cell where there are cells, by id where there are none.

    Cell c holds the rows ``starts[c]:starts[c + 1]``. ``alive`` is the one thing that changes: False once a row was
    removed or replaced.
    """

    vectors: Vectors
    ids: Ids
    centres: Vectors
    starts: NDArray[np.int64]
    alive: NDArray[np.bool_]
    sorted_ids: Ids
    order: NDArray[np.int32]

    @classmethod
    def of(cls, vectors: Vectors, ids: Ids, centres: Vectors, starts: NDArray[np.int64]) -> Self:
        """Raises ValueError when the arrays do not belong together."""
        order = np.argsort(ids, kind="stable").astype(np.int32)
        ends = (0, len(ids)) if len(centres) else (0, 0)
        if len(vectors) != len(ids) or len(starts) != len(centres) + 1 or (starts[0], starts[-1]) != ends:
            raise ValueError("the vector files do not belong together")
        return cls(vectors, ids, centres, starts, np.ones(len(ids), dtype=np.bool_), ids[order], order)

    @classmethod
    def empty(cls, dimension: int) -> Self:
        none = np.zeros((0, dimension), dtype=np.float32)
        return cls.of(none, np.zeros(0, np.int64), none, np.zeros(1, np.int64))

    @classmethod
    def read(cls, directory: Path, dimension: int) -> Self:
        """Maps the vectors of a divided snapshot, so that processes share them; reads the others into memory.

        Raises ValueError when a file is missing, cut, or of another kind.
        """
        try:
            ids, centres, starts = (np.load(directory / name, allow_pickle=False) for name in (IDS, CENTRES, STARTS))
            path = directory / VECTORS
            vectors = _mapped(path) if len(centres) else np.load(path, allow_pickle=False)
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"a vector file cannot be read: {error}") from error
        kinds = ((vectors, np.float32, 2), (centres, np.float32, 2), (ids, np.int64, 1), (starts, np.int64, 1))
        if any(array.dtype != kind or array.ndim != axes for array, kind, axes in kinds):
            raise ValueError("a vector file holds another kind of numbers")
        if vectors.shape[1] != dimension or centres.shape[1] != dimension:
            raise ValueError("the vector file holds vectors of another length")
        return cls.of(vectors, ids, centres, starts)

    def rows_inside(self, allowed: Ids) -> NDArray[np.int32]:
        """The rows whose ids are in ``allowed`` (sorted, unique), ascending, dead ones included."""
        if len(allowed) * _FEW < len(self.ids):
            places = np.minimum(np.searchsorted(self.sorted_ids, allowed), len(self.ids) - 1)
            return np.sort(self.order[places[self.sorted_ids[places] == allowed]])
        inside = np.empty(len(self.ids), dtype=np.bool_)
        inside[self.order] = np.isin(self.sorted_ids, allowed, assume_unique=True)
        return np.flatnonzero(inside).astype(np.int32)


def _mapped(path: Path) -> Vectors:
    """The vectors of a file, read-only and shared with every process that maps it."""
    with path.open("rb") as stream:
        np.lib.format.read_magic(stream)
        shape, _, _ = np.lib.format.read_array_header_1_0(stream)
        offset = stream.tell()
        mapping = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    with suppress(OSError):  # an older kernel finds the pages one by one, while it answers
        mapping.madvise(_POPULATE_READ)
    vectors: Vectors = np.frombuffer(mapping, dtype="<f4", count=shape[0] * shape[1], offset=offset).reshape(shape)
    return vectors


@dataclass(frozen=True)
class TailView:
    """The tail as it was at one moment; only ``alive`` may still change, from True to False."""

    vectors: Vectors
    ids: Ids
    alive: NDArray[np.bool_]

    def rows_inside(self, allowed: Ids) -> Rows:
        """The rows whose ids are in ``allowed`` (sorted, not empty), dead ones included."""
        places = np.minimum(np.searchsorted(allowed, self.ids), len(allowed) - 1)
        return np.flatnonzero(allowed[places] == self.ids)


class Tail:
    """Vectors in memory in the order they came. Space is taken ahead, so that adding one costs one."""

    def __init__(self, dimension: int) -> None:
        self._count = 0
        self._space = _space(_FIRST, dimension)

    def view(self) -> TailView:
        space, count = self._space, self._count
        return TailView(space.vectors[:count], space.ids[:count], space.alive[:count])

    def append(self, ids: Ids, vectors: Vectors) -> None:
        start, end = self._count, self._count + len(ids)
        if end > len(self._space.ids):
            grown = _space(end + start // 4 + _FIRST, self._space.vectors.shape[1])
            for name in ("vectors", "ids", "alive"):
                getattr(grown, name)[:start] = getattr(self._space, name)[:start]
            self._space = grown
        self._space.vectors[start:end] = vectors
        self._space.ids[start:end] = ids
        self._space.alive[start:end] = True
        self._count = end

    def kill(self, ids: Ids) -> None:
        held = self.view()
        held.alive[np.isin(held.ids, ids)] = False


def _space(size: int, dimension: int) -> TailView:
    return TailView(
        np.empty((size, dimension), dtype=np.float32), np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    )


class Living:
    """The living rows of a base and a tail as one sequence."""

    def __init__(self, base: Base, tail: TailView) -> None:
        self._base, self._tail = base, tail
        self._old = np.flatnonzero(base.alive)
        self._new = np.flatnonzero(tail.alive)
        self.ids = np.concatenate([base.ids[self._old], tail.ids[self._new]])

    def take(self, places: NDArray[np.int64]) -> Vectors:
        found = np.empty((len(places), self._base.vectors.shape[1]), dtype=np.float32)
        old = places < len(self._old)
        found[old] = self._base.vectors[self._old[places[old]]]
        found[~old] = self._tail.vectors[self._new[places[~old] - len(self._old)]]
        return found

    def cells(self, plan: Plan) -> tuple[Vectors, NDArray[np.int32]]:
        """Centres and the cell of every row. Those of the base are kept while they fit the number of vectors."""
        count, base = len(self.ids), self._base
        if plan.fits(len(base.centres), count):
            mine = np.repeat(np.arange(len(base.centres), dtype=np.int32), np.diff(base.starts))
            known = mine[self._old] if len(base.centres) else np.zeros(len(self._old), np.int32)
            return base.centres, np.concatenate([known, self._assigned(base.centres, len(self._old))])
        wanted = plan.cells(count)
        if not wanted:
            return base.centres[:0], np.zeros(count, np.int32)
        size = min(count, kernels.sample_size(wanted))
        centres = kernels.train_cells(self.take(np.linspace(0, count - 1, size).astype(np.int64)), wanted)
        return centres, self._assigned(centres, 0)

    def _assigned(self, centres: Vectors, first: int) -> NDArray[np.int32]:
        """The cells of the rows from ``first`` on."""
        parts = [np.zeros(0, np.int32)]
        for places in _chunks(np.arange(first, len(self.ids))):
            part = np.zeros(len(places), np.int32)
            parts.append(kernels.nearest_cell(self.take(places), centres) if len(centres) else part)
        return np.concatenate(parts)


def _chunks(places: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(places), _CHUNK):
        yield places[start : start + _CHUNK]


def write(directory: Path, living: Living, plan: Plan) -> None:
    """Writes the files ``Base.read`` reads. Needs memory for one chunk, not for all vectors."""
    centres, cells = living.cells(plan)
    order = np.lexsort((living.ids, cells))
    starts = np.searchsorted(cells[order], np.arange(len(centres) + 1))
    _save(directory / IDS, living.ids[order])
    _save(directory / CENTRES, centres)
    _save(directory / STARTS, starts.astype(np.int64))
    with (directory / VECTORS).open("wb") as stream:
        shape = (len(order), centres.shape[1])
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for places in _chunks(order):
            living.take(places).astype("<f4", copy=False).tofile(stream)


def _save(path: Path, array: NDArray[np.generic]) -> None:
    np.save(path, array, allow_pickle=False)

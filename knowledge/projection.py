"""The vector index as a disposable projection of the rows.

A process starts from the newest sound snapshot (or from the rows) and then follows ``IndexChange``: before every
search it applies what was committed since. Nothing here is the truth; losing all of it costs a rebuild from the
stored vectors, never an embedding.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from numpy.typing import NDArray

from knowledge import snapshots
from knowledge.embedding import get_embedder
from knowledge.index import Ids, VectorIndex, get_index
from knowledge.models import IndexChange, IndexPosition, Passage

log = logging.getLogger("footnote.index")
_BATCH = 4096
_REMEMBERED_SCOPES = 32
_Row = tuple[int, int, int, int, bytes | memoryview]


def record_added(version_id: int, passages: int) -> None:
    """Tells every process that a version's passages are searchable. Call inside the transaction that makes it so."""
    _record(IndexChange.Kind.ADD, version_id, passages)


def record_removed(version_id: int, passages: int) -> None:
    """Tells every process that a version's passages are gone. Call inside the transaction that retires it."""
    _record(IndexChange.Kind.REMOVE, version_id, passages)


def _record(kind: str, version_id: int, passages: int) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("index changes are recorded inside the change's own transaction")
    # The row lock makes positions commit in order, so a follower that has seen n has seen everything before n.
    IndexPosition.objects.get_or_create(pk=1)
    IndexPosition.objects.filter(pk=1).update(position=F("position") + 1)
    position = IndexPosition.objects.values_list("position", flat=True).get(pk=1)
    IndexChange.objects.create(position=position, kind=kind, version_id=version_id, passages=passages, at=Now())


def current_position() -> int:
    return IndexPosition.objects.filter(pk=1).values_list("position", flat=True).first() or 0


@dataclass
class Projection:
    """What one process holds: the index, and for each passage its version and length, as parallel sorted arrays."""

    model_id: str
    index: VectorIndex
    position: int = -1
    ids: Ids = field(default_factory=lambda: np.zeros(0, np.int64))
    versions: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    lengths: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _scopes: OrderedDict[bytes, NDArray[np.int64]] = field(default_factory=OrderedDict)

    def refresh(self) -> None:
        """Catches up with the database. Cheap when nothing changed: one indexed read."""
        with self._lock:
            target = current_position()
            if target == self.position:
                return
            if self.position < 0 or target < self.position:
                self._start(target)
            else:
                self._follow(target)

    def passages_of(self, version_ids: Iterable[int]) -> tuple[Ids, NDArray[np.int64]]:
        """Sorted ids of the passages of these versions, and their lengths in characters."""
        wanted = np.array(sorted(version_ids), dtype=np.int64)
        key = wanted.tobytes()
        with self._lock:
            if key not in self._scopes:
                self._scopes[key] = np.flatnonzero(np.isin(self.versions, wanted))
                while len(self._scopes) > _REMEMBERED_SCOPES:
                    self._scopes.popitem(last=False)
            places = self._scopes[key]
            return self.ids[places], self.lengths[places]

    def _start(self, target: int) -> None:
        loaded = snapshots.load_newest(self.model_id, self.index)
        if loaded is not None and loaded.position <= target:
            self._set(loaded.ids, loaded.versions, loaded.lengths)
            self.position = loaded.position
            if self.position < target:
                self._follow(target)
            return
        self._rebuild(target)

    def _rebuild(self, target: int) -> None:
        self.index.remove(self.index.ids())
        self._set(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._add(Passage.objects.searchable().values_list("version_id", flat=True).distinct())
        self.position = target
        log.info("index.rebuilt position=%d passages=%d", target, len(self.ids))

    def _follow(self, target: int) -> None:
        changes = IndexChange.objects.filter(position__gt=self.position, position__lte=target).order_by("position")
        last: dict[int, str] = {change.version_id: change.kind for change in changes}
        gone = [version for version, kind in last.items() if kind == IndexChange.Kind.REMOVE]
        come = [version for version, kind in last.items() if kind == IndexChange.Kind.ADD]
        # Versions that come are removed first as well: applying a change twice must change nothing.
        self._remove(gone + come)
        self._add(come)
        self.position = target

    def _remove(self, version_ids: list[int]) -> None:
        stays = ~np.isin(self.versions, np.array(version_ids, dtype=np.int64))
        if not stays.all():
            self.index.remove(self.ids[~stays])
            self._set(self.ids[stays], self.versions[stays], self.lengths[stays])

    def _add(self, version_ids: Iterable[int]) -> None:
        rows = (
            Passage.objects.searchable()
            .filter(version_id__in=list(version_ids), model_id=self.model_id)
            .order_by("pk")
            .values_list("pk", "version_id", "start", "end", "vector")
        )
        parts: list[tuple[Ids, NDArray[np.int64], NDArray[np.int64]]] = [(self.ids, self.versions, self.lengths)]
        batch: list[_Row] = []
        for row in rows.iterator(chunk_size=_BATCH):
            batch.append(row)
            if len(batch) == _BATCH:
                parts.append(self._add_batch(batch))
                batch = []
        if batch:
            parts.append(self._add_batch(batch))
        self._set(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _add_batch(self, batch: list[_Row]) -> tuple[Ids, NDArray[np.int64], NDArray[np.int64]]:
        ids = np.array([row[0] for row in batch], dtype=np.int64)
        vectors = np.frombuffer(b"".join(bytes(row[4]) for row in batch), dtype="<f4").reshape(len(batch), -1)
        self.index.add(ids, vectors.astype(np.float32))
        versions = np.array([row[1] for row in batch], dtype=np.int64)
        return ids, versions, np.array([row[3] - row[2] for row in batch], dtype=np.int64)

    def _set(self, ids: Ids, versions: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        order = np.argsort(ids, kind="stable")
        self.ids, self.versions, self.lengths = ids[order], versions[order], lengths[order]
        self._scopes.clear()

    def snapshot(self) -> snapshots.Snapshot:
        """What is held now, consistent in itself."""
        with self._lock:
            return snapshots.Snapshot(self.model_id, self.position, self.ids, self.versions, self.lengths, self.index)


_projection: Projection | None = None
_projection_lock = threading.Lock()


def get_projection() -> Projection:
    """This process's projection, caught up with the database."""
    global _projection
    embedder = get_embedder()
    with _projection_lock:
        if _projection is None or _projection.model_id != embedder.model_id:
            _projection = Projection(embedder.model_id, get_index(embedder.dimension))
        projection = _projection
    projection.refresh()
    return projection


def forget_projection() -> None:
    """Drops what this process holds; the next search starts anew from a snapshot or the rows."""
    global _projection
    with _projection_lock:
        _projection = None


def write_snapshot_if_due() -> bool:
    """Writes a snapshot when enough changed since the last one, so that a new process starts quickly."""
    written = snapshots.newest_position()
    changed = IndexChange.objects.filter(position__gt=written).aggregate(total=Sum("passages"))["total"] or 0
    if changed < settings.INDEX_SNAPSHOT_EVERY:
        return False
    snapshots.write(get_projection().snapshot())
    return True

"""The vector index as a disposable projection of the rows.

A process starts from the newest sound snapshot (or from the rows) and then follows ``IndexChange``: before every
search it applies what was committed since. What came after the snapshot is kept in memory; when that has grown, the
process changes over to a newer snapshot, which another thread has checked meanwhile. Nothing here is the truth; losing
all of it costs a rebuild from the stored vectors, never an embedding.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from numpy.typing import NDArray

from knowledge import snapshots
from knowledge.batching import batches
from knowledge.embedding import get_embedder
from knowledge.embedding.stored import table
from knowledge.errors import IndexBusy
from knowledge.index import Ids, VectorIndex, get_index
from knowledge.models import IndexChange, IndexPosition, Passage

log = logging.getLogger("footnote.index")
_LEAST_PATIENCE = 0.05  # seconds
_BATCH = 4096
# Passages in remembered scopes, all together: 64 MB.
_REMEMBERED = 4_000_000
# A snapshot is due when one passage in so many has changed, should that be more than INDEX_SNAPSHOT_EVERY.
_SNAPSHOT_SHARE = 50
_Row = tuple[int, int, int, int, bytes | memoryview]
_Column = NDArray[np.int64]


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


@dataclass(frozen=True)
class _Scope:
    """The passages of some versions. Its arrays are read-only, so that an index may remember what it makes of them."""

    versions: _Column
    ids: Ids
    lengths: _Column


@dataclass
class Projection:
    """What one process holds: the index, and for each passage its version and length, as parallel sorted arrays."""

    model_id: str
    dimension: int
    index: VectorIndex = field(init=False)
    position: int = -1
    incomplete: bool = False  # passages of another model can be searched, and are not in here
    ids: Ids = field(default_factory=lambda: np.zeros(0, np.int64))
    versions: _Column = field(default_factory=lambda: np.zeros(0, np.int64))
    lengths: _Column = field(default_factory=lambda: np.zeros(0, np.int64))
    _lock: threading.RLock = field(default_factory=threading.RLock)
    # Not a cache of the library's: it is also looked through by who ``versions`` are, which would count as use.
    _scopes: OrderedDict[bytes, _Scope] = field(default_factory=OrderedDict)
    _busy_since: float | None = None  # when the thread that catches up began to
    _snapshot_position: int = 0
    _since_snapshot: int = 0
    _tried: int = 0
    _newer: snapshots.Snapshot | None = None
    _loading: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.index = get_index(self.dimension)

    def refresh(self, patience: float | None = None) -> None:
        """Catches up with the database. Cheap when nothing changed: one indexed read.

        Raises IndexBusy when another thread is still building it ``patience`` seconds after it began: who comes later
        does not wait all over again.
        """
        if not self._lock.acquire(timeout=-1 if patience is None else self._left(patience)):
            raise IndexBusy("The index is being rebuilt.")
        self._busy_since = time.monotonic()
        try:
            target = current_position()
            if target == self.position and self._newer is None:
                return
            if self.position < 0 or target < self.position:
                self._start(target)
            else:
                self._change_over(target)
                self._follow(target)
                self._look_for_newer()
            self.incomplete = self._lacks()
        finally:
            self._busy_since = None
            self._lock.release()

    def _left(self, patience: float) -> float:
        """Of the seconds that a question waits, those that are left for what another thread is at."""
        since = self._busy_since
        return patience if since is None else max(_LEAST_PATIENCE, patience - (time.monotonic() - since))

    def _lacks(self) -> bool:
        # Two ranges of the database's own index: "unequal" would go through all passages.
        searchable = Passage.objects.searchable()
        ranges = (searchable.filter(model_id__lt=self.model_id), searchable.filter(model_id__gt=self.model_id))
        return any(others.exists() for others in ranges)

    def passages_of(self, version_ids: Sequence[int] | _Column) -> tuple[Ids, _Column]:
        """Sorted ids of the passages of these versions, and their lengths in characters. Read-only arrays."""
        wanted = np.asarray(version_ids, dtype=np.int64)
        with self._lock:
            # An array that nobody can change is known by itself, without going through it.
            scope = next((one for one in self._scopes.values() if one.versions is wanted), None)
            if scope is None or wanted.flags.writeable or wanted.base is not None:
                wanted_once = np.unique(wanted)
                key = hashlib.sha256(wanted_once.tobytes()).digest()
                scope = self._scopes.pop(key, None) or self._passages_of(wanted_once)
                self._scopes[key] = _Scope(wanted, scope.ids, scope.lengths)
                while len(self._scopes) > 1 and sum(len(one.ids) for one in self._scopes.values()) > _REMEMBERED:
                    self._scopes.popitem(last=False)
            return scope.ids, scope.lengths

    def versions_of(self, ids: Ids) -> _Column:
        """The version of each passage; those that are not held are left out."""
        with self._lock:
            places = np.minimum(np.searchsorted(self.ids, ids), max(0, len(self.ids) - 1))
            return self.versions[places[self.ids[places] == ids]] if len(self.ids) else self.versions[:0]

    def _passages_of(self, versions: _Column) -> _Scope:
        places = np.flatnonzero(np.isin(self.versions, versions))
        scope = _Scope(versions, self.ids[places], self.lengths[places])
        scope.ids.flags.writeable = scope.lengths.flags.writeable = False
        return scope

    def look_for_newer(self) -> threading.Thread | None:
        """Begins to load a snapshot newer than the one held; a later ``refresh`` changes over to it."""
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return self._loading
            newest = snapshots.newest_position()
            if newest > max(self._snapshot_position, self._tried):
                self._tried = newest
                self._loading = threading.Thread(target=self._load_newer, name="newer-snapshot", daemon=True)
                self._loading.start()
                return self._loading
            return None

    def _look_for_newer(self) -> None:
        if self._since_snapshot >= settings.INDEX_SNAPSHOT_EVERY:
            self.look_for_newer()

    def _load_newer(self) -> None:
        loaded = snapshots.load_newest(self.model_id, get_index(self.dimension))
        if loaded is not None and loaded.position > self._snapshot_position:
            self._newer = loaded

    def _change_over(self, target: int) -> None:
        newer, self._newer = self._newer, None
        if newer is not None and self._snapshot_position < newer.position <= target:
            self._take(newer)

    def _take(self, snapshot: snapshots.Snapshot) -> None:
        self.index = snapshot.index
        self._set(snapshot.ids, snapshot.versions, snapshot.lengths)
        self.position = self._snapshot_position = snapshot.position
        self._since_snapshot = 0

    def _start(self, target: int) -> None:
        loaded = snapshots.load_newest(self.model_id, get_index(self.dimension))
        if loaded is not None and loaded.position <= target:
            self._take(loaded)
            self._follow(target)
        else:
            self._rebuild(target)

    def _rebuild(self, target: int) -> None:
        self.index = get_index(self.dimension)
        self._set(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._snapshot_position = self._since_snapshot = 0
        self._add(Passage.objects.searchable())
        self.position = target
        log.info("index.rebuilt position=%d passages=%d", target, len(self.ids))

    def _follow(self, target: int) -> None:
        changes = IndexChange.objects.filter(position__gt=self.position, position__lte=target).order_by("position")
        last = dict(changes.values_list("version_id", "kind"))
        gone = [version for version, kind in last.items() if kind == IndexChange.Kind.REMOVE]
        come = [version for version, kind in last.items() if kind == IndexChange.Kind.ADD]
        # Versions that come are removed first as well: applying a change twice must change nothing.
        self._remove(gone + come)
        for some in batches(come):
            self._add(Passage.objects.searchable().filter(version_id__in=some))
        self.position = target

    def _remove(self, version_ids: list[int]) -> None:
        if not version_ids:
            return
        stays = ~np.isin(self.versions, np.array(version_ids, dtype=np.int64))
        if not stays.all():
            self.index.remove(self.ids[~stays])
            self._set(self.ids[stays], self.versions[stays], self.lengths[stays])

    def _add(self, passages: models.QuerySet[Passage, Passage]) -> None:
        rows = passages.filter(model_id=self.model_id).values_list("pk", "version_id", "start", "end", "vector")
        parts = [(self.ids, self.versions, self.lengths)]
        batch: list[_Row] = []
        for row in rows.order_by("pk").iterator(chunk_size=_BATCH):
            batch.append(row)
            if len(batch) == _BATCH:
                parts.append(self._add_batch(batch))
                batch = []
        if batch:
            parts.append(self._add_batch(batch))
        if len(parts) > 1:
            self._since_snapshot += sum(len(ids) for ids, _, _ in parts[1:])
            self._set(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _add_batch(self, batch: list[_Row]) -> tuple[Ids, _Column, _Column]:
        ids = np.array([row[0] for row in batch], dtype=np.int64)
        self.index.add(ids, table([row[4] for row in batch]))
        versions = np.array([row[1] for row in batch], dtype=np.int64)
        return ids, versions, np.array([row[3] - row[2] for row in batch], dtype=np.int64)

    def _set(self, ids: Ids, versions: _Column, lengths: _Column) -> None:
        if len(ids) > 1 and (ids[1:] < ids[:-1]).any():
            order = np.argsort(ids, kind="stable")
            ids, versions, lengths = ids[order], versions[order], lengths[order]
        self.ids, self.versions, self.lengths = ids, versions, lengths
        self._scopes.clear()

    def snapshot(self) -> snapshots.Snapshot:
        """What is held now, consistent in itself."""
        with self._lock:
            return snapshots.Snapshot(self.model_id, self.position, self.ids, self.versions, self.lengths, self.index)


_projection: Projection | None = None
_projection_lock = threading.Lock()


def get_projection(patience: float | None = None) -> Projection:
    """This process's projection, caught up with the database.

    Raises SearchUnavailable without a model, and IndexBusy when it is still being built after ``patience`` seconds.
    """
    global _projection
    embedder = get_embedder()
    with _projection_lock:
        if _projection is None or _projection.model_id != embedder.model_id:
            _projection = Projection(embedder.model_id, embedder.dimension)
        projection = _projection
    projection.refresh(patience)
    return projection


def forget_projection() -> None:
    """Drops what this process holds; the next search starts anew from a snapshot or the rows."""
    global _projection
    with _projection_lock:
        _projection = None


def write_snapshot_if_due() -> bool:
    """Writes a snapshot when enough changed since the last one, so that a new process starts quickly.

    In a large index enough is a share of it: the files are written anew each time.
    """
    written = snapshots.newest_position()
    changed = IndexChange.objects.filter(position__gt=written).aggregate(total=Sum("passages"))["total"] or 0
    if changed < max(settings.INDEX_SNAPSHOT_EVERY, snapshots.newest_count() // _SNAPSHOT_SHARE):
        return False
    with snapshots.alone():
        projection = get_projection()
        snapshots.write(projection.snapshot())
    projection.look_for_newer()
    return True

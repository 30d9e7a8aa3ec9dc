"""Snapshots of the index on disk: a directory per generation, complete or absent, checked before use.

``manifest.json`` carries the SHA-256 of every file, the count, the model and the position in the database, and
``manifest.sha256`` its own. A directory is written under a temporary name, synced, and renamed. One that does not match
its manifest is moved to ``quarantine/`` and never served. One process at a time writes and removes them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from knowledge.disk import require_room
from knowledge.index import Ids, VectorIndex

log = logging.getLogger("footnote.index")
_KEPT = 2
_ROWS = "rows.npy"
_MANIFEST = "manifest.json"
_SEAL = "manifest.sha256"
_PREFIX = "generation-"
_mine = threading.local()


@dataclass(frozen=True)
class Snapshot:
    """An index and, as parallel sorted arrays, each passage's version and length."""

    model_id: str
    position: int
    ids: Ids
    versions: NDArray[np.int64]
    lengths: NDArray[np.int64]
    index: VectorIndex


def _root() -> Path:
    root: Path = settings.INDEX_DIR
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else writes or removes a snapshot meanwhile; who is at it is waited for. What is taken from an index in
    here and written holds nothing that was erased before."""
    if getattr(_mine, "held", False):
        yield
        return
    with (settings.FOOTNOTE_HOME / "index.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False


def generations() -> list[Path]:
    """The directories of all snapshots that may be used, newest first."""
    return sorted((p for p in _root().glob(f"{_PREFIX}*") if p.is_dir()), key=lambda p: p.name, reverse=True)


def newest_position() -> int:
    """The position of the newest snapshot, 0 when there is none."""
    for directory in generations():
        return int(directory.name.removeprefix(_PREFIX).split("-")[0])
    return 0


def newest_count() -> int:
    """How many passages the newest snapshot says it holds, 0 when there is none."""
    for directory in generations():
        try:
            return int(json.loads((directory / _MANIFEST).read_text())["count"])
        except (OSError, ValueError, KeyError):
            return 0  # whoever loads it sets it aside
    return 0


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(snapshot: Snapshot) -> Path:
    """Writes a generation and removes all but the newest few. Gives its directory, or that of a newer one which is
    there already: what was erased since this one was taken must not come back.

    Raises DiskFull, or OSError when the disk fills meanwhile; what was there before is still there then.
    """
    with alone():
        if newest_position() > snapshot.position:
            return generations()[0]
        return _write(snapshot)


def _write(snapshot: Snapshot) -> Path:
    root = _root()
    _sweep(root)
    require_room(root)
    name = f"{_PREFIX}{snapshot.position:015d}-{secrets.token_hex(4)}"
    temporary = root / f".writing-{name}"
    temporary.mkdir()
    try:
        snapshot.index.save(temporary)
        np.save(temporary / _ROWS, np.stack([snapshot.ids, snapshot.versions, snapshot.lengths]), allow_pickle=False)
        manifest = {
            "model": snapshot.model_id,
            "position": snapshot.position,
            "count": len(snapshot.ids),
            "files": {path.name: _digest(path) for path in sorted(temporary.iterdir())},
        }
        (temporary / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        (temporary / _SEAL).write_text(_digest(temporary / _MANIFEST))
        for path in temporary.iterdir():
            _sync(path)
        temporary.rename(root / name)
        _sync(root)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in generations()[_KEPT:]:
        _remove(old)
    log.info("index.snapshot position=%d passages=%d", snapshot.position, len(snapshot.ids))
    return root / name


def _remove(directory: Path) -> None:
    """Under another name first: nobody may take one that is half removed for one that is damaged."""
    going = directory.with_name(f".removing-{directory.name}")
    with suppress(FileNotFoundError):  # another process was first
        directory.rename(going)
        shutil.rmtree(going, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Removes what processes that were killed while writing or removing left behind. Call ``alone``: then nobody else
    is at it."""
    for left in (*root.glob(".writing-*"), *root.glob(".removing-*")):
        shutil.rmtree(left, ignore_errors=True)


def forget_before(position: int | None) -> None:
    """Removes generations of earlier positions (all when None), half-written ones, and what was set aside: they hold
    erased vectors. Call ``alone``."""
    for directory in generations():
        if position is None or int(directory.name.removeprefix(_PREFIX).split("-")[0]) < position:
            _remove(directory)
    _sweep(_root())
    shutil.rmtree(_root() / "quarantine", ignore_errors=True)


def load_newest(model_id: str, index: VectorIndex) -> Snapshot | None:
    """Loads the newest sound generation of this model into ``index``; damaged ones are quarantined on the way."""
    for directory in generations():
        try:
            snapshot = _load(directory, model_id, index)
        except (OSError, ValueError, KeyError) as error:
            set_aside(directory, str(error))
            continue
        if snapshot is not None:
            return snapshot
    return None


def _load(directory: Path, model_id: str, index: VectorIndex) -> Snapshot | None:
    manifest = _checked_manifest(directory)
    if manifest["model"] != model_id:
        return None  # sound, but of another model
    rows = np.load(directory / _ROWS, allow_pickle=False)
    index.load(directory)
    ids, versions, lengths = (np.ascontiguousarray(row) for row in rows)
    if len(ids) != manifest["count"] or not np.array_equal(index.ids(), ids):
        raise ValueError("the rows and the vectors do not belong together")
    return Snapshot(model_id, int(manifest["position"]), ids, versions, lengths, index)


def _checked_manifest(directory: Path) -> dict[str, Any]:
    """Raises OSError, ValueError or KeyError when the files are not those that were written."""
    # One bit of the position or of the model's name would be as bad as one of a vector.
    if (directory / _SEAL).read_text() != _digest(directory / _MANIFEST):
        raise ValueError(f"{_MANIFEST} is not what was written")
    manifest: dict[str, Any] = json.loads((directory / _MANIFEST).read_text())
    for name, digest in manifest["files"].items():
        if _digest(directory / name) != digest:
            raise ValueError(f"{name} is not what was written")
    return manifest


def damaged() -> Iterator[tuple[Path, str]]:
    """Snapshots that are not what was written, of any model, and what is wrong with them."""
    for directory in generations():
        try:
            _checked_manifest(directory)
        except (OSError, ValueError, KeyError) as error:
            if directory.is_dir():  # else it was removed meanwhile
                yield directory, str(error)


def set_aside(directory: Path, reason: str) -> None:
    """Moves a snapshot to ``quarantine/``, where nobody reads it and it can be looked at."""
    target = _root() / "quarantine"
    target.mkdir(exist_ok=True)
    try:
        directory.rename(target / directory.name)
    except FileNotFoundError:
        return  # another process was first
    log.error("index.quarantined generation=%s reason=%s", directory.name, reason)

"""Vectors kept between runs by (model, text), for measuring: the same texts are embedded once."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from knowledge.embedding.base import Embedder, Vectors
from knowledge.embedding.stored import as_bytes, from_bytes

_AT_ONCE = 500


class CachedEmbedder:
    """An embedder that looks up documents in a SQLite file first. ``hits`` counts the texts found there."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self.inner = inner
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=60, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        self.hits = 0

    @property
    def model_id(self) -> str:
        return self.inner.model_id

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def embed_query(self, text: str) -> Vectors:
        return self.inner.embed_query(text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(f"{self.model_id}\0{text}".encode(errors="replace")).digest() for text in texts]
        with self._lock:
            known = self._known(keys)
        self.hits += sum(key in known for key in keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            vectors = self.inner.embed_documents(list(missing.values()))
            known.update(zip(missing, vectors, strict=True))
            with self._lock, self._database:
                rows = [(key, as_bytes(vector)) for key, vector in zip(missing, vectors, strict=True)]
                self._database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self.dimension), dtype=np.float32)

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        waiting = iter(set(keys))
        while some := list(islice(waiting, _AT_ONCE)):
            marks = ",".join("?" * len(some))
            rows = self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608  # marks only
            found.update((key, from_bytes(vector)) for key, vector in rows)
        return found

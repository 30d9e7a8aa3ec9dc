"""How a vector stands in a row: its numbers one after the other, in single precision, little-endian everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.embedding.base import Vectors

_NUMBER = np.dtype("<f4")


def as_bytes(vector: Vectors) -> bytes:
    """(dimension,) as a row keeps it."""
    return vector.astype(_NUMBER).tobytes()


def from_bytes(data: bytes | memoryview) -> Vectors:
    """(dimension,)"""
    return np.frombuffer(bytes(data), _NUMBER).astype(np.float32)


def table(rows: Sequence[bytes | memoryview]) -> Vectors:
    """(rows, dimension); (0, 0) of none. All of one length, else ValueError."""
    if not rows:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(map(bytes, rows)), _NUMBER).reshape(len(rows), -1).astype(np.float32)


def is_sound(data: bytes, dimension: int) -> bool:
    """Whether these are so many finite numbers of length 1."""
    if len(data) != dimension * _NUMBER.itemsize:
        return False
    vector = from_bytes(data)
    return bool(np.isfinite(vector).all()) and abs(float(vector @ vector) - 1) <= 0.01

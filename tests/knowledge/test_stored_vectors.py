"""Vectors as rows keep them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from knowledge.embedding.stored import as_bytes, from_bytes, is_sound, table


def test_a_vector_comes_back_as_it_was_and_stands_little_endian() -> None:
    vector = np.array([0.6, -0.8], dtype=np.float32)
    assert as_bytes(vector) == struct.pack("<2f", 0.6, -0.8)
    assert from_bytes(memoryview(as_bytes(vector))).tolist() == vector.tolist()
    assert table([as_bytes(vector), memoryview(as_bytes(-vector))]).tolist() == [vector.tolist(), (-vector).tolist()]
    assert table([]).shape == (0, 0)
    with pytest.raises(ValueError, match="reshape"):
        table([as_bytes(vector), as_bytes(vector)[:-4]])


def test_what_is_no_vector_of_length_one_is_not_sound() -> None:
    vector = np.array([0.6, -0.8], dtype=np.float32)
    assert is_sound(as_bytes(vector), 2)
    for wrong in (as_bytes(vector)[:-1], as_bytes(vector * 2), as_bytes(vector * np.nan), b""):
        assert not is_sound(wrong, 2)

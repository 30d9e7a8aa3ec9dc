"""One suite for every vector index. A new engine is added to ENGINES and must pass as it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.index.base import VectorIndex
from knowledge.index.faiss import FaissIndex

DIMENSION = 16
ENGINES: dict[str, Callable[[], VectorIndex]] = {"faiss": lambda: FaissIndex(DIMENSION)}


@pytest.fixture(params=sorted(ENGINES))
def index(request: pytest.FixtureRequest) -> VectorIndex:
    return ENGINES[request.param]()


def unit(count: int, seed: int = 7) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_nothing_is_found_in_an_empty_index(index: VectorIndex) -> None:
    found, scores = index.search(unit(1)[0], 5, ids(1, 2))
    assert len(found) == len(scores) == 0


def test_the_nearest_comes_first_with_its_cosine(index: VectorIndex) -> None:
    vectors = unit(50)
    index.add(np.arange(100, 150), vectors)
    found, scores = index.search(vectors[17], 3, np.arange(100, 150))
    assert found[0] == 117
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert list(scores) == sorted(scores, reverse=True)


@settings(max_examples=40, deadline=None)
@given(allowed=st.sets(st.integers(0, 299)), k=st.integers(1, 40), seed=st.integers(0, 5))
def test_search_is_exact_inside_the_allowed_ids(allowed: set[int], k: int, seed: int) -> None:
    for make in ENGINES.values():
        engine = make()
        vectors = unit(300)
        engine.add(np.arange(300), vectors)
        query = unit(1, seed=100 + seed)[0]
        inside = ids(*sorted(allowed))
        found, _ = engine.search(query, k, inside)
        best = sorted(allowed, key=lambda i: -float(vectors[i] @ query))[:k]
        assert list(found) == best


def test_removed_and_unknown_ids_are_not_found(index: VectorIndex) -> None:
    vectors = unit(10)
    index.add(np.arange(10), vectors)
    index.remove(ids(3, 999))
    found, _ = index.search(vectors[3], 10, np.arange(0, 20))
    assert set(found) == set(range(10)) - {3}
    assert list(index.ids()) == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_adding_again_replaces(index: VectorIndex) -> None:
    vectors = unit(4)
    index.add(ids(1, 2), vectors[:2])
    index.add(ids(2, 3), vectors[2:])
    found, scores = index.search(vectors[2], 1, ids(1, 2, 3))
    assert (found[0], len(index.ids())) == (2, 3)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)


def test_vectors_of_another_length_are_refused(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match="shape"):
        index.add(ids(1), np.zeros((1, DIMENSION + 1), dtype=np.float32))


def test_what_was_saved_is_loaded(index: VectorIndex, tmp_path: Path) -> None:
    vectors = unit(30)
    index.add(np.arange(30), vectors)
    index.remove(ids(5))
    index.save(tmp_path)
    again = type(index)(DIMENSION)
    again.load(tmp_path)
    query = unit(1, seed=3)[0]
    for one, other in zip(index.search(query, 9, np.arange(30)), again.search(query, 9, np.arange(30)), strict=True):
        assert np.array_equal(one, other)


def test_files_that_do_not_fit_are_refused(index: VectorIndex, tmp_path: Path) -> None:
    index.add(ids(1), unit(1))
    index.save(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ValueError, match="file"):
        type(index)(DIMENSION).load(tmp_path)

"""One suite for every vector index, in memory and read from its files. A new engine or way of searching is added to
ENGINES and must pass as it stands."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.index.base import VectorIndex
from knowledge.index.faiss import FaissIndex
from knowledge.index.plan import Plan

DIMENSION = 16
SMALL = Plan()
# Large from 40 vectors on: divided into cells, and whoever sees more than 60 is answered from the nearest cells.
LARGE = Plan(exact=60, examined=100, cells_from=40)
PLANS = {"small": SMALL, "large": LARGE}
ENGINES: dict[str, Callable[[], VectorIndex]] = {
    name: lambda plan=plan: FaissIndex(DIMENSION, plan)  # type: ignore[misc]  # the default is how a loop binds
    for name, plan in PLANS.items()
}
# Up to so many allowed ids an engine promises the very best; beyond, most of them.
EXACT_UP_TO = {name: plan.exact if plan is LARGE else 10**9 for name, plan in PLANS.items()}
Settle = Callable[[VectorIndex], VectorIndex]


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def index(engine: str) -> VectorIndex:
    return ENGINES[engine]()


def reread(engine: str, index: VectorIndex) -> VectorIndex:
    """What a process holds that starts from the files of this one; the files are gone again, as after a newer one."""
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder))
        again = ENGINES[engine]()
        again.load(Path(folder))
    return again


@pytest.fixture(params=["in memory", "from files"])
def settle(request: pytest.FixtureRequest, engine: str) -> Settle:
    return (lambda index: reread(engine, index)) if request.param == "from files" else lambda index: index


def unit(count: int, seed: int = 7) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_nothing_is_found_in_an_empty_index(index: VectorIndex, settle: Settle) -> None:
    found, scores = settle(index).search(unit(1)[0], 5, ids(1, 2))
    assert len(found) == len(scores) == 0


def test_the_nearest_comes_first_with_its_cosine(index: VectorIndex, settle: Settle) -> None:
    vectors = unit(50)
    index.add(np.arange(100, 150), vectors)
    found, scores = settle(index).search(vectors[17], 3, np.arange(100, 150))
    assert found[0] == 117
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert list(scores) == sorted(scores, reverse=True)


@settings(max_examples=60, deadline=None)
@given(
    allowed=st.sets(st.integers(0, 330), max_size=59) | st.sets(st.integers(0, 330), min_size=200),
    k=st.integers(1, 40),
    seed=st.integers(0, 5),
)
def test_search_is_exact_inside_the_allowed_ids(allowed: set[int], k: int, seed: int) -> None:
    vectors = unit(300)
    query = unit(1, seed=100 + seed)[0]
    held = sorted(allowed & set(range(300)))
    for name in ENGINES:
        engine = built(name)
        found, scores = engine.search(query, k, ids(*sorted(allowed)))
        assert scores == pytest.approx([float(vectors[i] @ query) for i in found], abs=1e-6)
        assert list(scores) == sorted(scores, reverse=True)
        assert len(set(found.tolist())) == len(found) == min(k, len(held))
        if len(held) <= EXACT_UP_TO[name]:
            assert list(found) == sorted(held, key=lambda i: -float(vectors[i] @ query))[:k]
        assert set(found.tolist()) <= set(held)


def built(name: str, kept: dict[str, VectorIndex] = {}) -> VectorIndex:  # noqa: B006  # built once, never changed
    """300 vectors: 250 from files, the others added since."""
    if name not in kept:
        vectors, index = unit(300), ENGINES[name]()
        index.add(np.arange(250), vectors[:250])
        kept[name] = reread(name, index)
        kept[name].add(np.arange(250, 300), vectors[250:])
    return kept[name]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 1.0])
def test_most_of_the_best_are_found_at_every_share_of_allowed_ids(engine: str, settle: Settle, share: float) -> None:
    """Around 40 subjects, as passages are; 1,500 of them, of which the large index compares about 100."""
    dice = np.random.default_rng(5)
    vectors = np.repeat(unit(40, seed=6), 40, axis=0) + dice.normal(scale=0.1, size=(1600, DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index = ENGINES[engine]()
    index.add(np.arange(1600), vectors)
    index = settle(index)
    allowed = np.sort(dice.choice(1600, int(1600 * share), replace=False))
    hits = []
    for query in vectors[dice.choice(1600, 40, replace=False)]:
        best = allowed[np.argsort(-(vectors[allowed] @ query))[:10]]
        found, _ = index.search(query, 10, allowed)
        hits.append(len(np.intersect1d(found, best)) / len(best))
    assert np.mean(hits) > 0.95


def test_removed_and_unknown_ids_are_not_found(index: VectorIndex, settle: Settle) -> None:
    vectors = unit(60)
    index.add(np.arange(60), vectors)
    index = settle(index)
    index.remove(ids(3, 999))
    index.remove(ids())
    found, _ = settle(index).search(vectors[3], 60, np.arange(0, 80))
    assert set(found) == set(range(60)) - {3}
    assert list(index.ids()) == [0, 1, 2, *range(4, 60)]


def test_adding_again_replaces(index: VectorIndex, settle: Settle) -> None:
    vectors = unit(64)
    index.add(np.arange(1, 61), vectors[:60])
    index = settle(index)
    index.add(ids(2, 61), vectors[60:62])
    index.add(ids(2), vectors[62:63])
    index = settle(index)
    found, scores = index.search(vectors[62], 61, np.arange(1, 62))
    assert (found[0], len(found), len(index.ids())) == (2, 61, 61)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)


def test_what_is_remembered_of_a_scope_never_outlives_a_change(index: VectorIndex, settle: Settle) -> None:
    vectors = unit(80)
    index.add(np.arange(60), vectors[:60])
    index = settle(index)
    allowed = np.arange(80)
    allowed.flags.writeable = False
    assert index.search(vectors[70], 1, allowed)[0] != [70]
    index.add(np.arange(60, 80), vectors[60:])
    assert index.search(vectors[70], 1, allowed)[0] == [70]
    index.remove(ids(70))
    assert index.search(vectors[70], 1, allowed)[0] != [70]
    index.remove(np.arange(80))
    assert len(index.search(vectors[70], 5, allowed)[0]) == 0


def test_a_scope_that_may_be_written_to_is_not_remembered(index: VectorIndex, settle: Settle) -> None:
    vectors = unit(60)
    index.add(np.arange(60), vectors)
    index = settle(index)
    allowed = ids(1, 5)
    assert index.search(vectors[5], 1, allowed)[0] == [5]
    allowed[1] = 6
    assert index.search(vectors[5], 2, allowed)[0].tolist() != [5, 1]
    assert set(index.search(vectors[6], 2, allowed)[0]) == {1, 6}


def test_ids_that_are_not_allowed_change_neither_scores_nor_choice(engine: str, settle: Settle) -> None:
    """Equal vectors too: which of them makes the end of the list is decided by their ids alone."""
    vectors = np.concatenate([unit(20), np.repeat(unit(1, seed=9), 10, axis=0)])
    alone, crowded = ENGINES[engine](), ENGINES[engine]()
    alone.add(np.arange(100, 130), vectors)
    crowded.add(np.arange(0, 30), vectors[::-1])
    crowded.add(np.arange(100, 130)[::-1], vectors[::-1])
    query, allowed = unit(1, seed=9)[0], np.arange(100, 130)
    one, other = (settle(index).search(query, 5, allowed) for index in (alone, crowded))
    assert [one[0].tolist(), one[1].tolist()] == [other[0].tolist(), other[1].tolist()]
    assert one[0].tolist() == [120, 121, 122, 123, 124]


def test_vectors_of_another_length_are_refused(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match="shape"):
        index.add(ids(1), np.zeros((1, DIMENSION + 1), dtype=np.float32))


@pytest.mark.parametrize("count", [0, 1, 30, 300])
def test_what_was_saved_is_loaded(index: VectorIndex, engine: str, count: int) -> None:
    vectors = unit(count)
    index.add(np.arange(count), vectors)
    index.remove(ids(5))
    again = reread(engine, index)
    assert np.array_equal(index.ids(), again.ids())
    query, allowed = unit(1, seed=3)[0], np.arange(0, count, max(1, count // 50))
    for one, other in zip(index.search(query, 9, allowed), again.search(query, 9, allowed), strict=True):
        assert np.array_equal(one, other)
    # The next snapshot is made of the one before and what came since.
    again.add(ids(1000), unit(1))
    assert list(reread(engine, again).ids()) == [*index.ids(), 1000]


@pytest.mark.parametrize("harm", ["cut", "empty", "missing", "strange"])
def test_files_that_do_not_fit_are_refused(index: VectorIndex, engine: str, harm: str, tmp_path: Path) -> None:
    index.add(np.arange(50), unit(50))
    index.save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        if harm == "missing":
            path.unlink()
        else:
            path.write_bytes({"cut": whole[:-7], "empty": b"", "strange": b"x" * 200}[harm])
        with pytest.raises(ValueError, match="file"):
            ENGINES[engine]().load(tmp_path)
        path.write_bytes(whole)
    ENGINES[engine]().load(tmp_path)


def test_vectors_of_another_length_are_not_loaded(index: VectorIndex, tmp_path: Path) -> None:
    index.add(ids(1), unit(1))
    index.save(tmp_path)
    with pytest.raises(ValueError, match="length"):
        FaissIndex(DIMENSION + 1).load(tmp_path)

"""Acceptance 37: a harmed index or model is always noticed, never served, set aside rather than deleted, and made again
from the rows without embedding anything; meanwhile the chat says what it goes without."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pytest_django import Settings

from assistant.models import Answer
from knowledge import projection, repairing, snapshots
from knowledge.embedding import get_embedder, packaged
from knowledge.embedding.plain_bert import PlainBertEmbedder
from knowledge.index import get_index
from knowledge.models import Collection, Document, Passage
from knowledge.projection import get_projection
from knowledge.search import search
from knowledge.verification import verify
from tests.conftest import MakeDocument
from tests.faults.house import House, ask

pytestmark = pytest.mark.django_db
SEED = 37
QUESTION = "When was the pump of station 3 serviced?"
Refusal = Callable[[], None]


@pytest.fixture
def filled(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> list[Document]:
    return [
        make_document(team, f"note-{n}.md", f"The pump of station {n} was serviced in week {n + 20}.", by=people.alice)
        for n in range(6)
    ]


@pytest.fixture
def no_embedding(filled: list[Document], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever embeds a passage from here on fails the test."""

    def refuse(*_: object) -> None:
        raise AssertionError("a passage was embedded again")

    with monkeypatch.context() as patch:
        patch.setattr(PlainBertEmbedder, "embed_documents", refuse)
        yield


def rows() -> set[int]:
    return set(Passage.objects.searchable().values_list("pk", flat=True))


def served() -> set[int]:
    """What a process that begins now would search in."""
    projection.forget_projection()
    return set(get_projection().index.ids().tolist())


def vectors_are_those_of_the_rows() -> bool:
    """Each passage is found with its own vector, at a cosine of one."""
    index, ids = get_projection().index, np.array(sorted(rows()), dtype=np.int64)
    for pk, raw in Passage.objects.searchable().values_list("pk", "vector"):
        found, scores = index.search(np.frombuffer(bytes(raw), "<f4"), 1, ids)
        if found.tolist() != [pk] or abs(scores[0] - 1) > 1e-4:
            return False
    return True


def flip(directory: Path, chance: random.Random) -> None:
    victim = chance.choice(sorted(path for path in directory.iterdir() if path.stat().st_size))
    raw = bytearray(victim.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    victim.write_bytes(raw)


@pytest.mark.usefixtures("no_embedding")
@pytest.mark.parametrize("flips", [20, pytest.param(200, marks=pytest.mark.full)])
def test_one_flipped_bit_anywhere_is_never_served(filled: list[Document], settings: Settings, flips: int) -> None:
    chance = random.Random(SEED)
    for _ in range(flips):
        directory = snapshots.write(get_projection().snapshot())
        flip(directory, chance)
        assert [found for found, _ in snapshots.damaged()] == [directory]
        assert served() == rows()
        assert vectors_are_those_of_the_rows()
        assert not directory.exists()
        assert (settings.INDEX_DIR / "quarantine" / directory.name / "manifest.json").is_file()


def cut(directory: Path) -> None:
    for path in directory.iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lose_a_file(directory: Path) -> None:
    (directory / "vectors.npy").unlink()


def _rewritten(directory: Path, dimension: int, model: str) -> None:
    """A snapshot whose checksums are right and whose content is not ours."""
    held = get_projection().snapshot()
    index = get_index(dimension)
    index.add(held.ids, np.eye(len(held.ids), dimension, dtype=np.float32))
    shutil.rmtree(directory)
    other = snapshots.Snapshot(model, held.position, held.ids, held.versions, held.lengths, index)
    snapshots.write(other).rename(directory)


def other_dimension(directory: Path) -> None:
    _rewritten(directory, 8, get_embedder().model_id)


def lie_about_the_count(directory: Path) -> None:
    manifest = json.loads((directory / "manifest.json").read_text())
    (directory / "manifest.json").write_text(json.dumps({**manifest, "count": manifest["count"] - 1}))


@pytest.mark.usefixtures("no_embedding")
@pytest.mark.parametrize("harm", [cut, lose_a_file, other_dimension, lie_about_the_count])
def test_a_harmed_snapshot_is_set_aside_and_the_rows_take_over(
    filled: list[Document], settings: Settings, harm: Callable[[Path], None]
) -> None:
    directory = snapshots.write(get_projection().snapshot())
    harm(directory)
    assert served() == rows()
    assert vectors_are_those_of_the_rows()
    assert list(settings.INDEX_DIR.glob("generation-*")) == []
    assert (settings.INDEX_DIR / "quarantine" / directory.name).is_dir()


@pytest.mark.usefixtures("no_embedding")
def test_a_snapshot_of_another_model_is_not_served(filled: list[Document]) -> None:
    directory = snapshots.write(get_projection().snapshot())
    _rewritten(directory, get_embedder().dimension, "other@1")
    assert served() == rows()
    assert vectors_are_those_of_the_rows()
    assert directory.is_dir(), "it is sound, and of use again when its model is"


@pytest.mark.usefixtures("no_embedding")
def test_without_any_snapshot_the_rows_are_enough(filled: list[Document], settings: Settings) -> None:
    snapshots.write(get_projection().snapshot())
    shutil.rmtree(settings.INDEX_DIR)
    assert served() == rows()
    assert vectors_are_those_of_the_rows()


def test_while_the_index_is_built_the_chat_searches_for_words_and_says_so(
    filled: list[Document], people: SimpleNamespace, settings: Settings
) -> None:
    settings.INDEX_PATIENCE_SECONDS = 0.05
    building, built = threading.Event(), threading.Event()

    def build() -> None:
        with projection._projection._lock:  # type: ignore[union-attr]  # as the thread that builds it holds it
            building.set()
            built.wait(60)

    get_projection()
    builder = threading.Thread(target=build)
    builder.start()
    building.wait()
    try:
        answer = ask(people.bob, QUESTION)
    finally:
        built.set()
        builder.join()
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, "no_index")
    assert "being rebuilt" in answer.notice
    assert answer.citations.first().quote.startswith("The pump of station 3")  # type: ignore[union-attr]
    assert ask(people.bob, QUESTION).degraded == ""


def harmed_model(folder: Path, harm: str) -> None:
    if harm == "no folder":
        return
    shutil.copytree(packaged.packaged_model_dir(), folder)
    weights = folder / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    if harm == "no weights":
        weights.unlink()
    elif harm == "half of the weights":
        weights.write_bytes(raw[: len(raw) // 2])
    else:
        raw[-100] ^= 1
        weights.write_bytes(raw)


@pytest.mark.parametrize(
    ("harm", "degraded", "words"),
    [
        ("no folder", "no_model", "only exact words were searched"),
        ("no weights", "no_model", "only exact words were searched"),
        ("half of the weights", "no_model", "only exact words were searched"),
        ("one bit of the weights", "other_model", "another embedding model"),
    ],
)
def test_without_its_model_the_chat_searches_for_words_and_says_so(
    filled: list[Document], people: SimpleNamespace, settings: Settings, tmp_path: Path,
    harm: str, degraded: str, words: str,
) -> None:  # fmt: skip
    projection.forget_projection()
    folder = tmp_path / "model" / "model"
    harmed_model(folder, harm)
    settings.EMBEDDING_MODEL = str(folder)
    answer = ask(people.bob, QUESTION)
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, degraded)
    assert words in answer.notice
    assert answer.citations.first().quote.startswith("The pump of station 3")  # type: ignore[union-attr]
    settings.EMBEDDING_MODEL = ""
    assert ask(people.bob, QUESTION).degraded == ""


def test_passages_of_another_model_are_found_by_words_until_they_are_embedded_again(
    filled: list[Document], people: SimpleNamespace
) -> None:
    Passage.objects.update(model_id="other@1")
    projection.forget_projection()
    answer = ask(people.bob, QUESTION)
    assert (answer.state, answer.degraded) == (Answer.State.COMPLETE, "other_model")
    assert "another embedding model" in answer.notice
    assert search(QUESTION, people.bob).evidence[0].document_id == filled[3].pk
    assert "embedded with another model" in verify().differences[0]
    assert "6 passages were embedded again" in repairing.repair()
    assert ask(people.bob, QUESTION).degraded == ""
    assert verify().differences == []
    assert vectors_are_those_of_the_rows()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_without_its_model_refuses_to_start(house: House) -> None:
    worker = house.start_worker(FOOTNOTE_EMBEDDING_MODEL="/nowhere/at/all")
    house.wait(lambda: worker.poll() is not None)
    assert worker.returncode not in {0, None}
    assert "The worker does not start" in house.log.read_text()

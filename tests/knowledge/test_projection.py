"""The index follows the rows, from a snapshot or without one, and never serves a damaged file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from knowledge import documents, projection, repairing, snapshots, verification
from knowledge.errors import IndexBusy
from knowledge.index import plan
from knowledge.models import Collection, Document, IndexChange, IndexPosition, Passage
from knowledge.scope import visible_scope
from knowledge.verification import verify

pytestmark = pytest.mark.django_db
MakeDocument = Callable[..., Document]


@pytest.fixture(autouse=True)
def own_index(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    projection.forget_projection()
    yield
    projection.forget_projection()


@pytest.fixture
def filled(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> list[Document]:
    return [
        make_document(team, f"note-{n}.md", f"Note {n}: the pump of station {n} was serviced.", by=people.alice)
        for n in range(5)
    ]


def held() -> set[int]:
    return set(projection.get_projection().index.ids().tolist())


def rows() -> set[int]:
    return set(Passage.objects.searchable().values_list("pk", flat=True))


def test_it_is_built_from_the_rows_and_follows_them(
    filled: list[Document], make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    assert held() == rows() != set()
    before = projection.get_projection()
    make_document(team, "one-more.md", "The spare pump is in Sandholm.", by=people.alice)
    documents.delete_document(filled[0], people.alice)
    assert held() == rows()
    assert projection.get_projection() is before


def test_a_change_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        projection.record_added(1, 1)


def test_a_new_process_starts_from_the_snapshot_and_catches_up(
    filled: list[Document], settings: Settings, people: SimpleNamespace
) -> None:
    settings.INDEX_SNAPSHOT_EVERY = 1
    assert projection.write_snapshot_if_due()
    assert not projection.write_snapshot_if_due()
    documents.delete_document(filled[1], people.alice)
    projection.forget_projection()
    assert held() == rows()
    current = projection.get_projection()
    ids, lengths = current.passages_of([filled[2].current_id or 0])
    assert len(ids) == len(lengths) == filled[2].current.passage_count  # type: ignore[union-attr]  # it is ready


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("harm", ["flip", "truncate", "remove"])
def test_a_damaged_snapshot_is_set_aside_and_the_rows_take_over(
    filled: list[Document], settings: Settings, monkeypatch: pytest.MonkeyPatch, harm: str, large: bool
) -> None:
    if large:
        monkeypatch.setattr(plan.Plan.__init__, "__defaults__", (1, 2, 2, 0.1))
    names = {"vectors.npy", "ids.npy", "centres.npy", "starts.npy", "rows.npy", "manifest.json", "manifest.sha256"}
    for name in sorted(names):
        directory = snapshots.write(projection.get_projection().snapshot())
        assert {path.name for path in directory.iterdir()} == names
        projection.forget_projection()
        assert held() == rows()
        victim = directory / name
        raw = bytearray(victim.read_bytes())
        if harm == "flip":
            raw[len(raw) // 2] ^= 1
            victim.write_bytes(raw)
        elif harm == "remove":
            victim.unlink()
        else:
            victim.write_bytes(raw[: len(raw) // 2])
        projection.forget_projection()
        assert held() == rows()
        assert not directory.exists()
        assert (settings.INDEX_DIR / "quarantine" / directory.name).is_dir()


def test_a_snapshot_of_another_model_is_left_alone_and_not_used(filled: list[Document]) -> None:
    held_now = projection.get_projection().snapshot()
    other = snapshots.Snapshot(
        "other@1", held_now.position, held_now.ids, held_now.versions, held_now.lengths, held_now.index
    )
    directory = snapshots.write(other)
    projection.forget_projection()
    assert held() == rows()
    assert directory.is_dir()


def test_a_running_process_changes_over_to_a_newer_snapshot(
    filled: list[Document], settings: Settings, make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    """What came after its own snapshot would otherwise stay in its memory for good."""
    current = projection.get_projection()
    first = current.index
    make_document(team, "before.md", "The spare pump is in Sandholm.", by=people.alice)
    documents.delete_document(filled[0], people.alice)
    snapshots.write(projection.get_projection().snapshot())
    documents.delete_document(filled[1], people.alice)
    assert held() == rows()
    settings.INDEX_SNAPSHOT_EVERY = 1
    make_document(team, "after.md", "The old pump is in Marwick.", by=people.alice)
    assert held() == rows()
    loading = current.look_for_newer()
    if loading is not None:
        loading.join()
    assert held() == rows()
    assert projection.get_projection() is current
    assert current.index is not first
    assert current.look_for_newer() is None


def test_a_large_index_is_written_again_only_when_a_share_of_it_changed(
    filled: list[Document], settings: Settings, make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    settings.INDEX_SNAPSHOT_EVERY = 1
    assert projection.write_snapshot_if_due()
    loading = projection.get_projection().look_for_newer()
    if loading is not None:
        loading.join()  # it reads the manifest that is changed next
    (directory,) = settings.INDEX_DIR.glob("generation-*")
    manifest = json.loads((directory / "manifest.json").read_text())
    (directory / "manifest.json").write_text(json.dumps({**manifest, "count": 50 * 3}))
    make_document(team, "one.md", "The spare pump is in Sandholm.", by=people.alice)
    assert not projection.write_snapshot_if_due()
    for number in range(2):
        make_document(team, f"more-{number}.md", f"Pump {number} is in Sandholm.", by=people.alice)
    assert projection.write_snapshot_if_due()


def test_the_passages_of_a_scope_are_remembered_until_something_changes(
    filled: list[Document], people: SimpleNamespace
) -> None:
    current = projection.get_projection()
    versions = visible_scope(people.bob).versions
    ids, lengths = current.passages_of(versions)
    assert set(ids.tolist()) == rows()
    assert len(lengths) == len(ids)
    assert not ids.flags.writeable
    assert current.passages_of(versions)[0] is ids
    assert current.passages_of(versions.tolist()[::-1])[0] is ids
    few = versions[:2].copy()
    assert len(current.passages_of(few)[0]) < len(ids)
    few[:] = versions[2:4]
    assert set(current.passages_of(few)[0].tolist()) == set(
        Passage.objects.filter(version_id__in=few.tolist()).values_list("pk", flat=True)
    )
    documents.delete_document(filled[0], people.alice)
    current.refresh()
    assert set(current.passages_of(versions)[0].tolist()) == rows()


def test_only_the_newest_generations_are_kept(filled: list[Document], settings: Settings) -> None:
    for _ in range(4):
        snapshots.write(projection.get_projection().snapshot())
    assert len(list(settings.INDEX_DIR.glob("generation-*"))) == 2
    assert not list(settings.INDEX_DIR.glob(".writing-*"))


def test_who_comes_late_to_a_building_does_not_wait_all_over_again(filled: list[Document]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(projection.Projection):
        """One whose building takes as long as the test wants."""

        def _start(self, target: int) -> None:
            begun.set()
            assert go_on.wait(60)

    slow = Slow("other@1", 384)

    def build() -> None:
        slow.refresh()
        connection.close()

    builder = threading.Thread(target=build)
    assert slow._left(0.2) == 0.2, "nobody builds, so all of the patience is left"
    builder.start()
    try:
        assert begun.wait(60)
        with pytest.raises(IndexBusy):
            slow.refresh(patience=0.2)
        assert slow._left(0.2) < 0.1, "the one before has waited for this very building"
        assert 1 < slow._left(60) < 60
        with pytest.raises(IndexBusy):
            slow.refresh(patience=0.2)
    finally:
        go_on.set()
        builder.join()
    slow.refresh(patience=0.2)
    assert slow._left(0.2) == 0.2


def test_verify_finds_nothing_on_a_sound_house_and_every_kind_of_harm(filled: list[Document]) -> None:
    assert verify().differences == []
    first, second, third, *_ = Passage.objects.order_by("pk")
    Passage.objects.filter(pk=first.pk).update(text="other words")
    Passage.objects.filter(pk=second.pk).update(vector=np.zeros(384, "<f4").tobytes())
    projection.get_projection().index.remove(np.array([third.pk]))
    Path(filled[3].current.blob.path).unlink()  # type: ignore[union-attr]  # it is ready
    found = " / ".join(verify().differences)
    for words in ("differ from the page text", "vector that is damaged", "missing from the index", "is missing"):
        assert words in found


def test_more_ids_than_a_database_takes_in_one_question(
    filled: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many versions came since this process looked, and many passages are missing from the full text."""
    limit, many = 12_000, 15_000
    if connection.vendor == "sqlite":  # PostgreSQL is handed whole statements
        monkeypatch.setattr(connection.features, "max_query_params", limit)
        before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, limit)
    try:
        follower = projection.get_projection()
        start = projection.current_position()
        IndexChange.objects.bulk_create(
            IndexChange(position=start + n, kind="add", version_id=10**6 + n) for n in range(1, many + 1)
        )
        IndexPosition.objects.update(position=start + many)
        follower.refresh()
        assert follower.position == start + many and held() == rows()
        monkeypatch.setattr(verification, "full_text_differences", lambda: ({*range(many), *rows()}, set()))
        assert any("put back into the full text" in line for line in repairing.repair())
    finally:
        if connection.vendor == "sqlite":
            connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)

"""``manage.py ingest`` as an operator types it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from ingest import batches
from ingest.models import IngestJob
from ingest.reading import Begun
from knowledge.models import Collection, Document, DocumentVersion
from tests.ingest import files

pytestmark = pytest.mark.django_db


def ingest(*args: str, user: str = "alice", collection: str = "Team") -> tuple[list[dict[str, Any]], str]:
    """(rows, error): standard output must be one JSON object and nothing else."""
    out, error = io.StringIO(), ""
    try:
        call_command("ingest", *args, "--as", user, "--collection", collection, "--inline", "--json", stdout=out)
    except CommandError as raised:
        error = str(raised)
    return (json.loads(out.getvalue())["documents"] if out.getvalue() else []), error


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "handbook"
    (root / "hr").mkdir(parents=True)
    (root / "hr" / "leave.md").write_text("# Leave\n\nTwenty-seven days a year.")
    (root / "policy.pdf").write_bytes(files.pdf([["Travel", "Book early."], ["Hotels", "At most 140 euros."]]))
    (root / ".hidden").write_text("not meant to be read")
    return root


def test_a_folder_becomes_searchable(people: SimpleNamespace, folder: Path) -> None:
    rows, error = ingest(str(folder))
    assert error == ""
    assert set(rows[0]) == {"path", "document_id", "state", "pages", "passages", "seconds", "error"}
    assert [(Path(r["path"]).name, r["state"], r["pages"], r["passages"]) for r in rows] == [
        ("leave.md", "ready", 1, 1),
        ("policy.pdf", "ready", 2, 2),
    ]
    assert set(Document.objects.values_list("name", flat=True)) == {"handbook/hr/leave.md", "handbook/policy.pdf"}
    again, error = ingest(str(folder))
    assert error == ""
    assert [row["document_id"] for row in again] == [row["document_id"] for row in rows]
    assert [row["state"] for row in again] == ["ready", "ready"]


def test_a_bad_file_has_its_reason_in_its_row_and_the_others_go_on(
    people: SimpleNamespace, folder: Path, tmp_path: Path
) -> None:
    (folder / "scan.pdf").write_bytes(files.scanned_pdf())
    rows, error = ingest(str(folder), str(tmp_path / "nowhere.txt"))
    assert [row["state"] for row in rows] == ["ready", "ready", "failed", "failed"]
    assert rows[2]["error"].startswith("This PDF contains pictures only")
    assert rows[3]["error"] == "There is no such file."
    assert "2 of 4 files are not ready" in error


def test_a_collection_is_made_with_its_readers(people: SimpleNamespace, folder: Path) -> None:
    Group.objects.create(name="Engineers").user_set.add(people.bob)
    _, error = ingest(str(folder), "--create", "--grant", "Engineers", user="charlie", collection="Drawings")
    assert error == ""
    collection = Collection.objects.get(name="Drawings")
    assert collection.owner == people.charlie
    assert set(Document.objects.visible_to(people.bob)) == set(collection.documents.all())
    assert not Document.objects.visible_to(people.alice).exists()


@pytest.mark.parametrize(
    ("args", "user", "collection", "words"),
    [
        ((), "bob", "Team", "no such collection"),
        ((), "charlie", "Team", "no such collection"),
        (("--create",), "charlie", "Team", "no such collection"),
        ((), "alice", "Nowhere", "no such collection"),
        (("--create", "--grant", "Ghosts"), "alice", "New", "no group called Ghosts"),
        (("--grant", "everyone"), "alice", "Team", "--grant goes with --create"),
        ((), "nobody", "Team", "no active person called nobody"),
    ],
)
def test_refusals_are_sentences(
    people: SimpleNamespace, folder: Path, args: tuple[str, ...], user: str, collection: str, words: str
) -> None:
    rows, error = ingest(str(folder), *args, user=user, collection=collection)
    assert rows == []
    assert words in error
    assert not Document.objects.exists()
    assert Collection.objects.count() == 1


def test_collections_of_names_without_latin_letters_and_of_like_names(people: SimpleNamespace, folder: Path) -> None:
    for name in ("人事", "财务", "Field team", "Field-Team"):
        assert ingest(str(folder), "--create", collection=name)[1] == ""
    assert len(set(Collection.objects.values_list("slug", flat=True))) == 5
    for name in ("", "n" * 121):
        assert "cannot be called" in ingest(str(folder), "--create", collection=name)[1]


def test_a_file_name_that_is_no_text_is_reported_as_text(people: SimpleNamespace, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xff.md")).write_text("# Coffee\n\nIt is free.")
    rows, error = ingest(str(tmp_path))
    assert error == ""
    assert rows[0]["path"].encode().endswith("caf\ufffd.md".encode())


def test_the_next_file_is_begun_before_the_one_before_it_is_done(
    people: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    begin, finish = Begun.__init__, batches.run_inline

    def note_begin(begun: Begun, version: DocumentVersion) -> None:
        events.append(f"begin {version.filename}")
        begin(begun, version)

    def note_end(version: DocumentVersion, begun: Begun | None) -> IngestJob:
        job = finish(version, begun)
        events.append(f"end {version.filename}")
        return job

    monkeypatch.setattr(Begun, "__init__", note_begin)
    monkeypatch.setattr(batches, "run_inline", note_end)
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"The words of {name}.")
    rows, error = ingest(*(str(tmp_path / f"{name}.txt") for name in "abc"))
    assert error == ""
    assert [row["state"] for row in rows] == ["ready"] * 3
    assert events == ["begin a.txt", "begin b.txt", "end a.txt", "begin c.txt", "end b.txt", "end c.txt"]


def test_a_bomb_begun_ahead_harms_neither_neighbour(people: SimpleNamespace, tmp_path: Path, settings: Any) -> None:
    settings.PARSE_MEMORY_BYTES = 512 * 1024**2
    (tmp_path / "a.txt").write_text("Lunch is at noon.")
    (tmp_path / "b.docx").write_bytes(files.zip_bomb())
    (tmp_path / "c.txt").write_text("Dinner is at seven.")
    rows, _ = ingest(*(str(tmp_path / name) for name in ("a.txt", "b.docx", "c.txt")))
    assert [row["state"] for row in rows] == ["ready", "failed", "ready"]

"""What was deleted is in none of the files that a home consists of: pages of the database, its log, the index, stored
files, page pictures, the queue, logs. And there is a proof of it."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings as product
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import AuditEvent, Erasure, User
from assistant.models import Citation, Conversation, EvalCase, Feedback
from knowledge import erasure, holding, postings, snapshots
from knowledge.documents import bring_back, delete_document, purge_deleted
from knowledge.models import Collection, Document, DocumentVersion, Passage
from knowledge.pages import page_image
from knowledge.projection import get_projection
from knowledge.verification import verify
from tests.assistant.conftest import Asked
from tests.assistant.conftest import asked as asked
from tests.conftest import ClientFor, MakeDocument

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CANARY = "quillfeather"  # in the words of the document; no other text has it
STEM = CANARY[:10]  # as the full text keeps it
PERSON = "zanthrop"  # the user name, and in what they asked
NOTE = f"""# Secret of {CANARY}

## The {CANARY} rule

The {CANARY} limit is 4711 crowns per night, and the {CANARY} key lies under the mat.
"""


@pytest.fixture
def whole_home(transactional_db: None, home: Path, settings: Settings) -> Iterator[Path]:
    """The index lies in the home too, and logs are written as in production. Nothing of earlier tests is in it."""
    settings.INDEX_DIR = home / "index"
    for name in ("index", "files", "cache"):
        shutil.rmtree(home / name, ignore_errors=True)
    postings.clear_rows(connection)
    postings.squeeze(connection)
    settings.INDEX_SNAPSHOT_EVERY = 1
    handler = logging.FileHandler(home / "logs" / "test.log")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield home
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def files_with(home: Path, *needles: bytes) -> list[str]:
    """Every file below the home that has one of these in it, in any case.

    Another process reads them: closing a database file that SQLite has open in the same process takes its locks away
    (https://sqlite.org/howtocorrupt.html, 2.2), and the next worker that writes would then destroy the database.
    """
    wanted = [needle.hex() for needle in needles]
    done = subprocess.run([sys.executable, "-c", _LOOKING, str(home), *wanted], capture_output=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


_LOOKING = """
import json, pathlib, sys
found = []
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        content = path.read_bytes()
        lowered = content.lower()
        for needle in map(bytes.fromhex, sys.argv[2:]):
            if needle in content or needle.lower() in lowered:
                found.append(path.name)
print(json.dumps(found))
"""


def finished() -> None:
    """What the scheduler does every few minutes."""
    purge_deleted()
    erasure.finish()


def vector_of(document: Document) -> bytes:
    return bytes(Passage.objects.filter(version__document=document).values_list("vector", flat=True)[0])


@pytest.fixture
def told(
    whole_home: Path, team: Collection, people: SimpleNamespace, make_document: MakeDocument, asked: Asked
) -> SimpleNamespace:
    """Alice's note has been read, asked about, quoted, rated, opened and indexed; other documents are there too."""
    for number in range(3):
        make_document(
            team, f"other-{number}.md", f"# Parking {number}\n\nParking place {number} is in the yard.", people.alice
        )
    note = make_document(team, f"{CANARY}.md", NOTE, people.alice)
    answer = asked(people.bob, f"What is the {CANARY} limit per night?")
    assert CANARY in answer.text and answer.citations.exists()
    Feedback.objects.create(answer=answer, user=people.bob, helpful=True)
    EvalCase.objects.create(
        key="case", kind="fact", half="tune", asked_as="bob", question="?", answerable=True, answer=CANARY,
        gold=[{"document": f"team/{note.name}", "quote": f"The {CANARY} limit"}],
    )  # fmt: skip
    snapshots.write(get_projection().snapshot())
    return SimpleNamespace(note=note, answer=answer, vector=vector_of(note))


def test_a_deleted_document_is_in_no_file_of_the_home(
    told: SimpleNamespace, whole_home: Path, people: SimpleNamespace, client_for: ClientFor
) -> None:
    needles = (STEM.encode(), told.vector)
    expected = {"vectors.npy"}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")  # from the log, where it stays, into the database
        expected |= {Path(connection.settings_dict["NAME"]).name, f"{Path(connection.settings_dict['NAME']).name}-wal"}
    assert expected <= set(files_with(whole_home, *needles)), "the test would find it"

    browser = client_for(people.alice)
    assert browser.post(f"/documents/{told.note.pk}/delete/").status_code == 302
    proof = Erasure.objects.get(object_id=str(told.note.pk))
    assert proof.unretrievable is not None and proof.erased is None
    shown = client_for(people.bob).get(f"/c/{told.answer.turn.conversation_id}/").content.decode()
    assert "4711" not in shown, "withheld at once"

    Conversation.objects.all().delete()  # what Bob asked is Bob's own word, and has the canary in it
    finished()
    proof.refresh_from_db()
    assert proof.unretrievable is not None and proof.erased is not None
    assert proof.asked <= proof.unretrievable <= proof.erased
    assert proof.remains == {} and not EvalCase.objects.exists()
    assert files_with(whole_home, *needles) == []
    assert verify().differences == []
    assert AuditEvent.objects.filter(action="document.erased").count() == 1


def test_quotes_leave_old_answers_and_their_questions_stay(told: SimpleNamespace, people: SimpleNamespace) -> None:
    delete_document(told.note, people.alice)
    finished()
    told.answer.refresh_from_db()
    assert told.answer.text == "" and told.answer.sentences == [] and not told.answer.events.exists()
    assert not Citation.objects.exists()
    assert told.answer.turn.question.startswith("What is")


def test_page_pictures_and_stored_files_go(
    whole_home: Path, team: Collection, people: SimpleNamespace, make_document: MakeDocument
) -> None:
    path = Path(product.BASE_DIR) / "config" / "sample_company" / "files" / "everyone" / "tarn-200-quick-guide.pdf"
    guide = make_document(team, path.name, path.read_bytes(), people.alice)
    version = DocumentVersion.objects.get(document=guide)
    picture = page_image(version.pages.get(number=1))
    stored = Path(version.blob.path)
    assert picture.is_file() and stored.is_file()
    delete_document(guide, people.alice)
    finished()
    assert not picture.parent.exists() and not stored.exists()
    assert Erasure.objects.get().erased is not None


def test_a_person_is_in_no_file_of_the_home(
    whole_home: Path, team: Collection, people: SimpleNamespace, client_for: ClientFor, asked: Asked
) -> None:
    gone = User.objects.create_user(PERSON, f"{PERSON}@example.org", "a long test password")
    browser = client_for(gone)
    browser.post("/accounts/login/", {"login": PERSON, "password": "wrong"})
    asked(gone, f"Who is {PERSON} and what is their limit?")
    EvalCase.objects.create(key="q1", kind="fact", half="tune", asked_as=PERSON, question="Who?", answerable=False)
    ada = client_for(people.ada)
    ada.post(f"/admin/accounts/user/{gone.pk}/change/", {"username": PERSON, "role": "reader", "is_active": "on"})
    assert files_with(whole_home, PERSON.encode()), "the test would find it"

    assert ada.post(f"/admin/accounts/user/{gone.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=gone.pk).exists()
    finished()
    assert files_with(whole_home, PERSON.encode()) == []
    proof = Erasure.objects.get(kind=Erasure.Kind.PERSON)
    assert proof.object_id == str(gone.pk) and proof.erased is not None


def test_what_is_kept_a_while_can_be_brought_back(
    told: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor, settings: Settings
) -> None:
    settings.KEEP_DELETED_DAYS = 3
    delete_document(told.note, people.alice)
    finished()
    assert Document.objects.filter(pk=told.note.pk).exists(), "kept, and found by nobody"
    assert not Document.objects.visible_to(people.bob).filter(pk=told.note.pk).exists()
    ada = client_for(people.ada)
    assert "Bring back" in ada.get("/protection/").content.decode()
    assert ada.post(f"/protection/documents/{told.note.pk}/back/").status_code == 302
    assert Document.objects.visible_to(people.bob).filter(pk=told.note.pk).exists()
    assert not Erasure.objects.exists() and verify().differences == []
    assert not bring_back(told.note.pk, people.ada), "it is there already"


def test_nothing_is_purged_while_a_backup_copies_files(told: SimpleNamespace, people: SimpleNamespace) -> None:
    delete_document(told.note, people.alice)
    with holding.files_hold_still():
        finished()
        assert DocumentVersion.objects.filter(document=told.note).exists()
        assert Erasure.objects.get().erased is None
    finished()
    assert Erasure.objects.get().erased is not None


def test_a_reader_in_the_way_delays_the_proof(told: SimpleNamespace, people: SimpleNamespace) -> None:
    """SQLite cannot empty its log while somebody still reads from it: then nothing is claimed."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite's log is emptied by us")
    reader = sqlite3.connect(connection.settings_dict["NAME"])
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM knowledge_passage").fetchone()
    delete_document(told.note, people.alice)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
    finished()
    assert Erasure.objects.get().erased is None
    reader.close()
    finished()
    assert Erasure.objects.get().erased is not None


def indexed_vectors(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in (home / "index").rglob("vectors.npy")]


def test_a_snapshot_that_is_being_written_delays_the_proof(
    told: SimpleNamespace, whole_home: Path, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker is in the middle of writing what is to be erased."""
    half_written, go_on, sync = threading.Event(), threading.Event(), snapshots._sync

    def slowly(path: Path) -> None:
        half_written.set()
        assert go_on.wait(60)
        sync(path)

    monkeypatch.setattr(snapshots, "_sync", slowly)
    before = get_projection().snapshot()
    worker = threading.Thread(target=snapshots.write, args=[before])
    worker.start()
    assert half_written.wait(60)
    delete_document(told.note, people.alice)
    purge_deleted()

    def finish() -> None:
        erasure.finish()
        connection.close()

    erasing = threading.Thread(target=finish)
    erasing.start()
    erasing.join(1)
    assert erasing.is_alive() and Erasure.objects.get().erased is None, "nothing is claimed meanwhile"
    go_on.set()
    worker.join()
    erasing.join()
    assert Erasure.objects.get().erased is not None
    assert indexed_vectors(whole_home) and not any(told.vector in held for held in indexed_vectors(whole_home))
    # One who comes later with what they took before finds a newer one, and leaves it.
    assert before.position < snapshots.newest_position()
    snapshots.write(before)
    assert not any(told.vector in held for held in indexed_vectors(whole_home))


def test_what_a_killed_worker_left_half_written_goes_with_the_next_erasure(
    told: SimpleNamespace, whole_home: Path, people: SimpleNamespace
) -> None:
    left = whole_home / "index" / ".writing-generation-000000000000001-00000000"
    left.mkdir()
    (left / "vectors.npy").write_bytes(told.vector)
    delete_document(told.note, people.alice)
    finished()
    assert Erasure.objects.get().erased is not None and not left.exists()


def test_proofs_are_shown_and_saved(told: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    delete_document(told.note, people.alice)
    finished()
    ada = client_for(people.ada)
    page = ada.get("/protection/").content.decode()
    assert str(told.note.pk) in page and told.note.title not in page
    response = ada.get("/protection/proofs.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    proof = Erasure.objects.get()
    assert proof.erased is not None
    assert lines[0] == "kind,id,asked for,asked for by,unretrievable,erased"
    assert lines[1].split(",")[1] == str(told.note.pk) and lines[1].endswith(proof.erased.isoformat())


def test_verify_is_clean_after_all_of_it(
    told: SimpleNamespace, people: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    delete_document(told.note, people.alice)
    finished()
    call_command("verify", json=True)
    assert json.loads(capsys.readouterr().out)["differences"] == []
    assert np.isin(list(Passage.objects.values_list("pk", flat=True)), get_projection().index.ids()).all()

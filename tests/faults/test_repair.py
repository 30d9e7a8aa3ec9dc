"""``manage.py verify --repair`` mends what can be made again, says what it did, and deletes nothing that cannot."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings as product
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from ingest.models import IngestJob
from ingest.tasks import check_store_nightly
from knowledge import postings, projection, snapshots
from knowledge.models import Collection, Document, DocumentVersion, Page, Passage, StoreCheck
from knowledge.pages import page_image
from knowledge.projection import get_projection
from knowledge.verification import SETTLED_SECONDS
from tests.conftest import ClientFor, MakeDocument
from tests.faults.house import upload
from tests.ingest import files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.PAGE_CACHE_DIR = tmp_path / "pages"
    settings.FOOTNOTE_HOME = tmp_path


@pytest.fixture
def filled(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> list[Document]:
    documents = [make_document(team, f"{n}.md", f"Pump {n} is in hall {n}.", by=people.alice) for n in range(4)]
    return [*documents, make_document(team, "travel.pdf", files.pdf([["Travel", "Book early."]]), by=people.alice)]


def run(*options: str) -> tuple[int, str]:
    out, status = io.StringIO(), 0
    try:
        call_command("verify", *options, stdout=out, stderr=out)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, out.getvalue()


def stray(name: str, words: str) -> Path:
    path = Path(product.STORAGES["default"]["OPTIONS"]["location"]) / "ab" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


def test_a_sound_house_is_left_as_it_is(filled: list[Document]) -> None:
    assert run("--repair") == (0, run()[1])
    assert "MENDED" not in run("--repair")[1]


def test_everything_that_can_be_made_again_is(
    filled: list[Document], settings: Settings, people: SimpleNamespace, team: Collection
) -> None:
    lost, broken, stale, _, page = (document.current for document in filled)
    assert lost and broken and stale and page
    postings.drop_rows(connection, list(Passage.objects.filter(version=lost).values_list("pk", flat=True)))
    postings.put_rows(connection, [(999_999, "ghost", "", "ghost")])
    Passage.objects.filter(version=broken).update(vector=np.zeros(384, "<f4").tobytes())
    get_projection().index.remove(np.array(Passage.objects.filter(version=stale).values_list("pk", flat=True)))
    directory = snapshots.write(get_projection().snapshot())
    (directory / "vectors.npy").write_bytes(b"nonsense")
    picture = page_image(Page.objects.get(version=page))
    whole = picture.read_bytes()
    picture.write_bytes(whole[:100])
    (settings.PAGE_CACHE_DIR / "999999").mkdir()
    orphan, young = stray("orphan", "only copy of something"), stray("young", "an upload at this moment")
    long_ago = time.time() - 2 * SETTLED_SECONDS
    os.utime(orphan, (long_ago, long_ago))
    waiting = upload(people.alice, team, "waiting.md", "Nobody works on this.", send=False).version
    IngestJob.objects.filter(version=waiting).delete()

    status, found = run()
    assert status == 1
    words = (
        *("missing from the full text", "in the full text but should not", "a vector that is damaged"),
        *("missing from the index", "is damaged: vectors.npy", "pictures are damaged", "pictures belong to no version"),
        *("ab/orphan belongs to no version", "wait for work that nobody will do"),
    )
    for word in words:
        assert word in found, word
    assert "ab/young" not in found

    status, mended = run("--repair")
    assert (status, "DIFFERENCE" in mended) == (0, False), mended
    assert mended.count("MENDED") == 9
    assert picture.read_bytes() == whole
    assert not orphan.exists() and young.exists()
    assert (settings.FOOTNOTE_HOME / "set-aside" / "ab" / "orphan").read_text() == "only copy of something"
    assert (settings.INDEX_DIR / "quarantine" / directory.name / "vectors.npy").read_bytes() == b"nonsense"
    assert IngestJob.objects.get(version=waiting).state == "queued"
    projection.forget_projection()
    assert run()[0] == 0


def test_what_cannot_be_made_again_stays_and_is_said(filled: list[Document]) -> None:
    first, second, *_ = filled
    assert first.current and second.current
    Path(first.current.blob.path).unlink()
    Passage.objects.filter(version=second.current).update(text="other words")
    before = (Document.objects.count(), Page.objects.count(), Passage.objects.count())
    status, words = run("--repair")
    assert status == 1
    assert "is missing" in words and "differ from the page text" in words and "cannot be mended" in words
    assert before == (Document.objects.count(), Page.objects.count(), Passage.objects.count())


def test_a_job_that_goes_on_without_a_version_and_one_of_a_dead_worker_are_ended(
    filled: list[Document], people: SimpleNamespace, team: Collection
) -> None:
    over = filled[0].current
    assert over
    IngestJob.objects.filter(version=over).update(state="queued")
    dead = upload(people.alice, team, "dead.md", "Its worker is gone.", send=False).version
    IngestJob.objects.filter(version=dead).update(state="running", attempts=3, lease_until="2020-01-01T00:00Z")
    assert run()[0] == 1
    assert run("--repair")[0] == 0
    assert IngestJob.objects.get(version=over).state == "done"
    assert IngestJob.objects.get(version=dead).state == "failed"
    assert DocumentVersion.objects.get(pk=dead.pk).state == "failed"


def test_the_nightly_result_is_on_the_administrators_pages(
    filled: list[Document], people: SimpleNamespace, client_for: ClientFor
) -> None:
    page = "/admin/knowledge/storecheck/"
    check_store_nightly()
    assert StoreCheck.objects.get().well
    assert "everything agrees" in client_for(people.ada).get(page).content.decode()
    assert filled[0].current
    Path(filled[0].current.blob.path).unlink()
    check_store_nightly()
    shown = client_for(people.ada).get(page).content.decode()
    assert "there are differences" in shown
    newest = StoreCheck.objects.first()
    assert newest and "is missing" in client_for(people.ada).get(f"{page}{newest.pk}/change/").content.decode()
    assert client_for(people.alice).get(page).status_code == 404
    assert any(entry["task"] == "ingest.tasks.check_store_nightly" for entry in product.CELERY_BEAT_SCHEDULE.values())

"""Acceptance 38: a full disk or a database that takes nothing is refused in clear words, the old state stays, and all
goes on by itself afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from pytest_django import Settings

from ingest import pipeline
from ingest.models import IngestJob
from ingest.uploads import UploadRefused
from knowledge import disk, projection, snapshots
from knowledge.documents import delete_document, purge_deleted
from knowledge.errors import DiskFull
from knowledge.models import Collection, Document, DocumentVersion
from knowledge.verification import verify
from tests.conftest import ClientFor, MakeDocument
from tests.faults.house import upload
from tests.faults.signature import signature
from tests.ingest.test_worker import Site

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def read_only(on: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA query_only = {'ON' if on else 'OFF'}")


@contextmanager
def closing_at(number: int) -> Iterator[list[str]]:
    """The database takes nothing any more from the ``number``-th write on; SQLite itself refuses. Gives the writes."""
    writes: list[str] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            writes.append(sql)
            if len(writes) == number:
                context["connection"].connection.execute("PRAGMA query_only = ON")
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(count):
            yield writes
    finally:
        read_only(False)


def test_an_upload_is_refused_at_each_write_and_leaves_nothing(
    people: SimpleNamespace, team: Collection, home: Path
) -> None:
    files = set((home / "files").rglob("*"))
    number, refused = 0, 0
    while True:
        number += 1
        with closing_at(number) as writes:
            try:
                upload(people.alice, team, "rules.md", "Lunch is at noon.", send=False)
            except UploadRefused as error:
                refused += 1
                assert error.status == 503 and "cannot be written to" in str(error)
        if len(writes) < number:
            break
        assert not Document.objects.exists()
        assert {path for path in (home / "files").rglob("*") if path.is_file()} <= files
        assert list((home / "tmp").glob("upload-*")) == []
    assert refused == number - 1 >= 4
    assert Document.objects.count() == 1


def test_a_worker_meets_it_at_each_write_and_the_old_version_answers_until_the_new_one_is_ready(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    document = make_document(team, "rules.md", "Lunch is at noon.", by=people.alice)
    old = signature(document)
    accepted = upload(people.alice, team, "rules.md", "Lunch is at one.", send=False)
    assert accepted.job is not None
    number = 0
    while True:
        number += 1
        # As the sweeper would after the pause: the job is free, and its tries are its own.
        IngestJob.objects.filter(pk=accepted.job.pk).update(
            state="queued", lease_until=None, lease_token="", attempts=0
        )
        with closing_at(number) as writes:
            pipeline.run(accepted.job.pk, f"token-{number}")
        job = IngestJob.objects.get(pk=accepted.job.pk)
        if len(writes) < number:
            break
        assert signature(document) == old
        assert job.state in {"queued", "running"}, "it waits, or its lease ends by itself"
    assert number > 10
    assert job.state == "done"
    assert signature(document)[:2] == (2, 1)
    assert verify().differences == []


def test_pages_say_so_in_words_and_go_on_afterwards(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, client_for: ClientFor
) -> None:
    document = make_document(team, "rules.md", "Lunch is at noon.", by=people.alice)
    alice = client_for(people.alice)
    file = {"collection": team.pk, "file": SimpleUploadedFile("new.md", b"Dinner is at seven.")}
    read_only(True)
    try:
        refused = (
            alice.post("/ask/", {"question": "When is lunch?"}),
            alice.post(f"/documents/{document.pk}/delete/"),
        )
        uploaded = alice.post("/upload/files/", file, headers={"X-Requested-With": "fetch"})
        assert alice.get("/").status_code == 200, "what is there can be read"
    finally:
        read_only(False)
    for response in refused:
        assert response.status_code == 503
        assert "cannot be written to just now" in response.content.decode()
        assert response["Retry-After"]
    assert uploaded.status_code == 503
    assert "nothing was kept" in uploaded.json()["message"]
    assert Document.objects.get().deleted is None
    file["file"].seek(0)
    assert alice.post("/upload/files/", file, headers={"X-Requested-With": "fetch"}).status_code == 201
    assert alice.post("/ask/", {"question": ""}).status_code != 503


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB of its own. Only root can have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave: float) -> Path:
    """Leaves this share of the disk free."""
    filler = folder / "filler"
    usage = shutil.disk_usage(folder)
    with filler.open("wb") as out:
        for _ in range(max(0, int((usage.free - leave * usage.total) / 65536))):
            out.write(bytes(65536))
    return filler


def test_a_snapshot_is_not_begun_on_a_full_disk_and_the_one_before_stays(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, settings: Settings, small_disk: Path
) -> None:
    settings.INDEX_DIR = small_disk / "index"
    make_document(team, "rules.md", "Lunch is at noon.", by=people.alice)
    before = snapshots.write(projection.get_projection().snapshot())
    filler = fill(small_disk, 0.04)
    with pytest.raises(DiskFull):
        snapshots.write(projection.get_projection().snapshot())
    assert list(settings.INDEX_DIR.iterdir()) == [before]
    filler.unlink()
    snapshots.write(projection.get_projection().snapshot())


def test_a_snapshot_that_meets_the_end_of_the_disk_leaves_the_one_before(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, settings: Settings, small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Somebody else takes the last bytes while it is written."""
    settings.INDEX_DIR = small_disk / "index"
    make_document(team, "rules.md", "Lunch is at noon.", by=people.alice)
    before = snapshots.write(projection.get_projection().snapshot())
    with (small_disk / "filler").open("wb", buffering=0) as out, pytest.raises(OSError):
        while True:
            out.write(bytes(4096))
    monkeypatch.setattr(disk, "FREE_SHARE", 0.0)
    with pytest.raises(OSError) as raised:
        snapshots.write(projection.get_projection().snapshot())
    assert disk.no_room(raised.value)
    assert list(settings.INDEX_DIR.iterdir()) == [before]
    assert list(snapshots.damaged()) == []


UPLOAD = """
from django.core.files.base import ContentFile
from accounts.models import User
from ingest.uploads import accept_upload
from knowledge.models import Collection
file = ContentFile(b"The words of {name}: lunch is at noon.")
accept_upload(user=User.objects.get(), collection=Collection.objects.get(), name="{name}", file=file)
"""
PEOPLE = """
from accounts.models import User
from knowledge.models import Collection, Grant
alice = User.objects.create_user("alice")
team = Collection.objects.create(name="Team", slug="team")
Grant.objects.create(collection=team, user=alice, role=Grant.Role.CURATOR)
"""


@pytest.fixture
def cramped(small_disk: Path, tmp_path: Path) -> Iterator[Site]:
    """A site with its whole home on the small disk; orders for faults lie outside of it."""
    site = Site(small_disk / "home")
    site.env |= {"FAULTS": str(tmp_path)}
    site.manage("migrate", "--verbosity", "0")
    site.manage("shell", "-v0", "-c", PEOPLE)
    site.broker.start()
    yield site
    for worker in site.workers:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, 9)
        worker.wait()
    site.broker.stop()


def faulty_worker(site: Site) -> subprocess.Popen[bytes]:
    celery = ("celery", "-A", "config", "worker", "--beat", "--concurrency=1")
    return site.start_worker([sys.executable, "-m", "tests.faults.faulty", *celery])


@pytest.mark.slow
def test_an_installation_on_a_full_disk_refuses_waits_and_goes_on(cramped: Site, small_disk: Path) -> None:
    """The whole home on the small disk: uploads are refused, a job keeps its tries, and all is well with room again."""
    site = cramped
    site.env |= {"FOOTNOTE_INDEX_SNAPSHOT_EVERY": "1"}
    site.manage("shell", "-v0", "-c", UPLOAD.format(name="early.txt"))
    filler = fill(small_disk, 0.04)
    refused = site.manage("shell", "-v0", "-c", UPLOAD.format(name="late.txt"), check=False)
    assert "disk is nearly full, so nothing was kept" in refused.stderr
    faulty_worker(site)
    log = site.home / "logs" / "worker.log"
    site.wait_for(lambda: "job waits" in log.read_text())
    assert site.rows("select state, attempts from ingest_ingestjob") == [("queued", 0)]
    filler.unlink()
    site.wait_for(lambda: site.rows("select state, attempts from ingest_ingestjob") == [("done", 1)])
    site.wait_for(lambda: bool(list((site.home / "index").glob("generation-*"))))
    fill(small_disk, 0.0)
    refused = site.manage("shell", "-v0", "-c", UPLOAD.format(name="late.txt"), check=False)
    assert "disk is nearly full, so nothing was kept" in refused.stderr
    filler.unlink()
    site.manage("shell", "-v0", "-c", UPLOAD.format(name="late.txt"))
    site.wait_for(lambda: site.rows("select state, attempts from ingest_ingestjob") == [("done", 1)] * 2)
    site.manage("verify")


def test_a_purge_without_a_database_goes_on_later(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument
) -> None:
    document = make_document(team, "rules.md", "Lunch is at noon.", by=people.alice)
    delete_document(document, people.alice)
    number = 0
    while DocumentVersion.objects.exists():
        number += 1
        try:
            with closing_at(number):
                purge_deleted()
        except OperationalError:
            continue
    assert number > 3
    assert not Document.objects.exists()


@pytest.mark.slow
def test_a_worker_outlives_a_broker_that_cannot_write(cramped: Site, small_disk: Path, tmp_path: Path) -> None:
    """The disk fills up in the middle of a job: the broker takes no word that it has ended, and the worker waits."""
    site = cramped
    held = tmp_path / "extract-begun"
    held.write_text('{"do": "wait"}')
    worker = faulty_worker(site)
    site.manage("shell", "-v0", "-c", UPLOAD.format(name="early.txt"))
    site.wait_for(held.with_suffix(".met").exists)
    filler = fill(small_disk, 0.0)
    with redis.Redis(unix_socket_path=str(site.broker.socket)) as broker:
        site.wait_for(lambda: refuses(broker))
        held.with_suffix(".go").touch()
        # its log is on the full disk too, so what shows that it came to the broker is that it left and came back
        before = connections(broker)
        site.wait_for(lambda: connections(broker) > before + 2)
    filler.unlink()
    site.wait_for(lambda: site.rows("select state from ingest_ingestjob") == [("done",)])
    assert worker.poll() is None
    site.manage("verify")


def refuses(broker: redis.Redis) -> bool:
    try:
        broker.set("room", "x" * 70_000)
    except redis.exceptions.ResponseError as error:
        return "MISCONF" in str(error)
    return False


def connections(broker: redis.Redis) -> int:
    """How many were ever taken."""
    return int(broker.info("stats")["total_connections_received"])

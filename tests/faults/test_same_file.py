"""Acceptance 35: the same file twenty times at once, through the page, is one document, one file, and no error."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from ingest.models import IngestJob
from knowledge.models import Collection, Document, DocumentVersion, Passage
from tests.conftest import ClientFor
from tests.faults.house import House, all_ended, pages_of

pytestmark = pytest.mark.slow
TIMES = 20


def test_twenty_uploads_of_one_file_at_once_are_one_document(
    house: House, people: SimpleNamespace, team: Collection, client_for: ClientFor
) -> None:
    browsers = [client_for(people.alice) for _ in range(TIMES)]
    statuses: list[int] = []
    start = threading.Barrier(TIMES)

    def send(number: int) -> None:
        start.wait()
        file = SimpleUploadedFile(f"copy {number % 2}.md", pages_of("same").encode())
        answer = browsers[number].post(
            "/upload/files/", {"collection": team.pk, "file": file}, headers={"X-Requested-With": "fetch"}
        )
        statuses.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.start_worker()
    house.start_worker(beat=False)
    house.wait(all_ended)
    assert sorted(statuses) == [200] * (TIMES - 1) + [201]
    assert (Document.objects.count(), DocumentVersion.objects.count(), IngestJob.objects.count()) == (1, 1, 1)
    assert Passage.objects.count() == 3
    assert [path.is_file() for path in (house.home / "files").rglob("*")].count(True) == 1
    assert list(Path(house.home / "tmp").glob("upload-*")) == []

"""Files that give no text, among four people at once: none of them is given what another's file held."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.models import User
from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.uploads import accept_upload
from knowledge.models import Collection, DocumentVersion, Grant, Page, Passage
from knowledge.search import search
from tests.ingest import files

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def empty(number: int) -> tuple[str, bytes]:
    """A file of which nothing can be read; each has its own bytes."""
    mark = f"\n% {number}".encode()
    kinds = (
        ("scan.pdf", files.scanned_pdf() + mark),
        ("blank.html", b"<html><body><!-- %d --><p hidden>x</p></body></html>" % number),
        ("blank.csv", b"\n" * (number + 2)),
        ("broken.pdf", b"%PDF-1.7 nothing" + mark),
    )
    name, content = kinds[number % len(kinds)]
    return f"{number} {name}", content


def readers(people: SimpleNamespace) -> list[tuple[User, Collection]]:
    """Four people, each with a collection nobody else reads."""
    pairs = []
    for person in (people.alice, people.bob, people.charlie, people.rita):
        collection = Collection.objects.create(name=f"Of {person.username}", slug=person.username)
        Grant.objects.create(collection=collection, user=person, role=Grant.Role.CURATOR)
        pairs.append((person, collection))
    return pairs


@pytest.mark.parametrize("count", [24, pytest.param(100, marks=pytest.mark.full)])
def test_an_empty_file_stays_empty(people: SimpleNamespace, count: int) -> None:
    pairs = readers(people)

    def take(person: User, collection: Collection, name: str, content: bytes) -> IngestJob:
        file = ContentFile(content)
        accepted = accept_upload(user=person, collection=collection, name=name, file=file, send=False)
        return run_inline(accepted.version)

    start = threading.Barrier(len(pairs))

    def work(number: int) -> list[tuple[IngestJob, bool]]:
        person, collection = pairs[number]
        start.wait()
        try:
            done = []
            for turn in range(count // len(pairs)):
                canary = f"The canary of {person.username} is called Zephyr{number}{turn}."
                done.append((take(person, collection, f"full {turn}.txt", canary.encode()), True))
                name, content = empty(number * count + turn * 5 + number)
                done.append((take(person, collection, name, content), False))
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pairs)) as pool:
        ended = [item for done in pool.map(work, range(len(pairs))) for item in done]
    assert sum(not full for _, full in ended) == count
    for job, full in ended:
        assert (job.state == IngestJob.State.DONE) == full, (job.state, job.error)
        assert full or job.error.endswith(".")
    hollow = DocumentVersion.objects.filter(job__state=IngestJob.State.FAILED)
    assert hollow.count() == count
    assert not Passage.objects.filter(version__in=hollow).exists()
    assert not Page.objects.filter(version__in=hollow).exists()
    for person, _ in pairs:
        found = search("What is the canary called?", person, k=50).evidence
        assert found
        assert all(f"canary of {person.username} " in item.text for item in found)

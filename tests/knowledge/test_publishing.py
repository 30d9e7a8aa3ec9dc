"""A version takes over from the one before it: of two at the same time the newer one, whichever is ready first."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection, transaction

from knowledge import postings
from knowledge.documents import publish_version
from knowledge.embedding.stored import as_bytes
from knowledge.models import Collection, Document, DocumentVersion, IndexChange, Page, Passage

pytestmark = pytest.mark.django_db(transaction=True)

_LONG_TEXT_SECONDS = 1.5  # that putting a long document into the full text takes


def a_version(document: Document, number: int) -> DocumentVersion:
    """As a worker has read it, a moment before it is published."""
    version = DocumentVersion.objects.create(
        document=document, number=number, sha256="0" * 64, filename="n", size=1, page_count=1, passage_count=1
    )
    page = Page.objects.create(version=version, number=1, text=f"The limit is {number}00 euros.")
    Passage.objects.create(
        version=version, page=page, ordinal=0, start=0, end=len(page.text), text=page.text, language="en",
        chunker="1", model_id="m", input_hash="h", vector=as_bytes(np.ones(384, np.float32)),
    )  # fmt: skip
    return version


def test_an_older_version_that_waited_for_a_newer_one_does_not_overtake_it(
    team: Collection, people: SimpleNamespace
) -> None:
    document = Document.objects.create(collection=team, name="limits.txt", title="Limits")
    first, second, third = (a_version(document, number) for number in (1, 2, 3))
    publish_version(first)
    published = threading.Event()

    def the_newer_one() -> None:
        with transaction.atomic():
            publish_version(third)
            published.set()
            time.sleep(_LONG_TEXT_SECONDS)
        connection.close()

    other_worker = threading.Thread(target=the_newer_one)
    other_worker.start()
    assert published.wait(30)
    publish_version(second)
    other_worker.join()

    assert Document.objects.get(pk=document.pk).current == third
    stored = Passage.objects.filter(pk__in=list(postings.stored_ids(connection)))
    assert list(stored.values_list("version", flat=True)) == [third.pk]
    told = IndexChange.objects.order_by("position").values_list("kind", "version_id")
    assert list(told) == [("add", first.pk), ("remove", first.pk), ("add", third.pk)]
    second.refresh_from_db()
    assert second.state == DocumentVersion.State.READY, "it can be looked at, and answers nothing"

"""What ``verify`` looks at in the work on files, and how it is mended: idle jobs, vectors that are no good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from ingest import outcomes
from ingest.chunking import embedding_input, table_headers
from ingest.lanes import turn_to_embed
from ingest.models import IngestJob
from ingest.tasks import enqueue_job
from knowledge import projection, verification
from knowledge.embedding import get_embedder
from knowledge.embedding.stored import as_bytes
from knowledge.models import DocumentVersion, Page, Passage
from knowledge.verification import Counts, listed

State = IngestJob.State
VersionState = DocumentVersion.State

_ACTIVE = (State.QUEUED, State.RUNNING)
# A worker that is silent for so much longer than its lease is not taken care of by the sweeper.
_FORGOTTEN = timedelta(minutes=5)
# How a job ends whose version has ended.
_END_OF = {VersionState.READY: State.DONE, VersionState.FAILED: State.FAILED, VersionState.CANCELLED: State.CANCELLED}
_JOBLESS = "versions wait for work that nobody will do"
_OVER = "jobs go on although their version has ended"
_SILENT = "jobs belong to a worker that is gone"


def _jobless() -> list[int]:
    waiting = DocumentVersion.objects.filter(state=VersionState.PROCESSING, document__deleted__isnull=True)
    return list(waiting.exclude(job__state__in=_ACTIVE).values_list("pk", flat=True))


def _over() -> list[str]:
    jobs = IngestJob.objects.filter(state__in=_ACTIVE).exclude(version__state=VersionState.PROCESSING)
    return [str(pk) for pk in jobs.values_list("pk", flat=True)]


def _silent() -> list[str]:
    jobs = IngestJob.objects.filter(state=State.RUNNING, lease_until__lte=Now() - _FORGOTTEN)
    return [str(pk) for pk in jobs.values_list("pk", flat=True)]


def find_stuck(counts: Counts) -> Iterator[str]:
    counts["jobs"] = IngestJob.objects.filter(state__in=_ACTIVE).count()
    yield from listed(_JOBLESS, _jobless())
    yield from listed(_OVER, _over())
    yield from listed(_SILENT, _silent())


def mend_stuck() -> Iterator[str]:
    for pk in _over():
        job = IngestJob.objects.select_related("version").get(pk=pk)
        ended = {"state": _END_OF[VersionState(job.version.state)], "lease_token": "", "lease_until": None}
        IngestJob.objects.filter(pk=pk, state__in=_ACTIVE).update(**ended, finished=Now())
        yield f"the job {pk} was ended, as its version has"
    silent = _silent()
    outcomes.give_up_silent()
    for pk in silent:
        enqueue_job(IngestJob.objects.get(pk=pk).pk)
        yield f"the job {pk} of a worker that is gone was sent again, or given up when tried too often"
    for version in DocumentVersion.objects.filter(pk__in=_jobless()):
        with transaction.atomic():
            fresh = {"state": State.QUEUED, "attempts": 0, "lease_token": "", "lease_until": None, "error": ""}
            job, _ = IngestJob.objects.update_or_create(
                version=version, defaults=fresh, create_defaults={**fresh, "uploaded_by_id": version.created_by_id}
            )
        enqueue_job(job.pk)
        yield f"the version {version.pk}, for which nobody worked, was sent to the workers"


def mend_vectors() -> Iterator[str]:
    """Embeds again what has no sound vector of the model in use, from the words that are stored."""
    other, broken, _ = verification.unsound_vectors()
    wrong = sorted(other | broken)
    # Passages of one page follow each other, and a sheet of many rows is not looked through for every few of them.
    headers = lru_cache(maxsize=4)(_headers_on)
    for start in range(0, len(wrong), settings.EMBEDDING_BATCH):
        _embed_again(wrong[start : start + settings.EMBEDDING_BATCH], headers)
    if wrong:
        yield f"{len(wrong)} passages were embedded again"


def _headers_on(page_id: int) -> dict[int, str]:
    return table_headers(Page.objects.values_list("text", flat=True).get(pk=page_id))


def _embed_again(ids: list[int], headers: Callable[[int], dict[int, str]]) -> None:
    embedder = get_embedder()
    rows = list(Passage.objects.filter(pk__in=ids).select_related("version__document").order_by("pk"))
    inputs = [
        embedding_input(row.version.document.title, row.heading_path, headers(row.page_id).get(row.start, ""), row.text)
        for row in rows
    ]
    with turn_to_embed():
        vectors = embedder.embed_documents(inputs)
    with transaction.atomic():
        for row, given, vector in zip(rows, inputs, vectors, strict=True):
            Passage.objects.filter(pk=row.pk).update(
                model_id=embedder.model_id,
                input_hash=hashlib.sha256(given.encode()).hexdigest(),
                vector=as_bytes(vector),
            )
        # Every process takes the passages of a version that was added again from the rows.
        versions = DocumentVersion.objects.filter(pk__in={row.version_id for row in rows})
        for version in versions.filter(current_of__isnull=False):
            projection.record_added(version.pk, version.passage_count)

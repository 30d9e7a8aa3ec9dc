"""How a job ends, and how it begins again. What a failed or cancelled version left behind is removed; the
version before it goes on answering, for it was never touched."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from ingest.leases import Hold, after
from ingest.models import IngestJob
from knowledge.models import Collection, Document, DocumentVersion, Page

State = IngestJob.State
VersionState = DocumentVersion.State

TRIED_TOO_OFTEN = (
    "Reading this file stopped without an answer {attempts} times, so it was given up. It may be damaged in an "
    "unusual way. Save it again in its own program and upload the new file, or tell your administrator."
)
_PAUSE_SECONDS = 5


def done(hold: Hold) -> None:
    """Inside the transaction that published the version, last."""
    if not hold.mine().update(
        state=State.DONE, stage=IngestJob.Stage.READY, finished=Now(), lease_token="", lease_until=None
    ):
        raise AssertionError("a job is confirmed in the same transaction before it is done")


def failed(hold: Hold, code: str, sentence: str) -> None:
    _close(hold.mine(), State.FAILED, VersionState.FAILED, code, sentence)


def cancelled(hold: Hold) -> None:
    _close(hold.mine(), State.CANCELLED, VersionState.CANCELLED, "", "")


def paused(hold: Hold, code: str, sentence: str) -> bool:
    """Back to the queue after a failure that may pass, with a longer pause each time. False when tried too often."""
    attempts = hold.mine().values_list("attempts", flat=True).first() or settings.INGEST_MAX_ATTEMPTS
    if attempts >= settings.INGEST_MAX_ATTEMPTS:
        return False
    hold.mine().update(
        state=State.QUEUED,
        lease_token="",
        lease_until=after(_PAUSE_SECONDS * 4 ** (attempts - 1)),
        error_code=code,
        error=sentence,
    )
    return True


def moved(hold: Hold) -> bool:
    """Back to the queue, for the long lane: not a failure, so it is no attempt. False when it is not ours any more."""
    changes = {"state": State.QUEUED, "stage": IngestJob.Stage.RECEIVED, "lease_token": ""}
    undated = dict.fromkeys(("lease_until", "enqueued"))
    return bool(hold.mine().update(**changes, **undated, attempts=F("attempts") - 1))


def request_cancel(job: IngestJob, by: User | None = None) -> bool:
    """A waiting job is cancelled at once, a running one by its worker within about a second. False when ``by``, one of
    several people who uploaded these bytes, only ceased to be one of them: it is read for the others then.
    """
    jobs = IngestJob.objects.filter(pk=job.pk)
    with transaction.atomic():
        # Uploads hold this row too: whoever is told that the file is being read is among those who want it.
        Collection.objects.select_for_update(of=("self",)).filter(documents__versions__job=job.pk).first()
        active = jobs.filter(state__in=(State.QUEUED, State.RUNNING)).first()
        if active is None:
            return True  # it ended meanwhile, and stays whose it was
        if by is not None and _goes_on_without(active, by):
            return False
        if not _close(jobs.filter(state=State.QUEUED), State.CANCELLED, VersionState.CANCELLED, "", ""):
            jobs.filter(state=State.RUNNING).update(cancel_requested=True)
    return True


def _goes_on_without(job: IngestJob, by: User) -> bool:
    """Takes this person from those who want the file. Who takes their place has it from then on as if they alone had
    uploaded it. False when nobody else wants it, or this person was none of them."""
    if job.uploaded_by_id != by.pk:
        wanted = job.wanted_by.filter(pk=by.pk).exists()
        job.wanted_by.remove(by)
        return wanted
    wish = job.wanted_by.through._default_manager.filter(ingestjob=job.pk).order_by("pk").first()
    if wish is None:
        return False
    wish.delete()
    IngestJob.objects.filter(pk=job.pk).update(uploaded_by=wish.user_id)
    DocumentVersion.objects.filter(pk=job.version_id).update(created_by=wish.user_id)
    new = Document.objects.filter(versions=job.version_id, owner=by.pk, current__isnull=True)
    new.update(owner=wish.user_id)
    return True


def give_up_silent() -> int:
    """Ends running jobs whose worker is gone and that were cancelled, or tried as often as allowed."""
    silent = IngestJob.objects.filter(state=State.RUNNING, lease_until__lte=Now())
    ended = 0
    for job in silent.filter(Q(cancel_requested=True) | Q(attempts__gte=settings.INGEST_MAX_ATTEMPTS)):
        sentence = TRIED_TOO_OFTEN.format(attempts=job.attempts)
        if job.cancel_requested:
            ended += _close(silent.filter(pk=job.pk), State.CANCELLED, VersionState.CANCELLED, "", "")
        else:
            ended += _close(silent.filter(pk=job.pk), State.FAILED, VersionState.FAILED, "crashed", sentence)
    return ended


def may_retry(job: IngestJob) -> bool:
    """A failed or cancelled job whose version is still the newest of a live document."""
    version = job.version
    newest = version.document.versions.order_by("-number").values_list("pk", flat=True).first()
    return job.state in {State.FAILED, State.CANCELLED} and newest == version.pk and version.document.deleted is None


def retry(job: IngestJob) -> bool:
    """Puts an ended job back into the queue. False when it may not be."""
    with transaction.atomic():
        if not may_retry(job):
            return False
        ended = IngestJob.objects.filter(pk=job.pk, state__in=[State.FAILED, State.CANCELLED])
        fresh = {"state": State.QUEUED, "stage": IngestJob.Stage.RECEIVED, "attempts": 0, "cancel_requested": False}
        cleared = dict.fromkeys(("lease_token", "error", "error_code", "note"), "")
        undated = dict.fromkeys(("lease_until", "finished", "started", "enqueued"))
        if not ended.update(**fresh, **cleared, **undated):
            return False
        DocumentVersion.objects.filter(pk=job.version_id).update(state=VersionState.PROCESSING)
    return True


def _close(jobs: QuerySet[IngestJob], state: str, version_state: str, code: str, sentence: str) -> bool:
    """Ends the one job of the query, if it is still there, together with its version."""
    with transaction.atomic():
        version_id = jobs.values_list("version_id", flat=True).first()
        if version_id is None:
            return False
        ended = jobs.update(
            state=state, error_code=code, error=sentence, finished=Now(), lease_token="", lease_until=None
        )
        if not ended:
            return False
        versions = DocumentVersion.objects.filter(pk=version_id, state=VersionState.PROCESSING)
        if versions.update(state=version_state, page_count=0, passage_count=0):
            Page.objects.filter(version_id=version_id).delete()
    return True

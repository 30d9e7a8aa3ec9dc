"""Jobs as the upload page shows them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from ingest.models import IngestJob
from knowledge.models import Document, DocumentVersion

State = IngestJob.State
Stage = IngestJob.Stage

SHOWN_FOR = timedelta(days=1)
SHOWN_AT_MOST = 100  # the page asks for them every second while there is work
_UNFINISHED = (State.QUEUED, State.RUNNING)
_AGAIN = (State.FAILED, State.CANCELLED)  # may be tried again, where no newer version came

# Why a file failed, in a few words; each job's own sentence says what to do about it.
FAILURES = {
    "damaged": "The file is damaged",
    "empty": "Nothing is in the file",
    "encrypted": "It is protected by a password",
    "no_text": "It holds pictures only, without text",
    "refused": "It was not taken",
    "too_large": "It is too large to be read",
    "too_slow": "Reading it took too long",
    "unavailable": "Something that reading needs was out of reach",
    "unsupported": "A kind of file that is not read",
    "disk": "The disk was full",
    "database": "The database could not be written to",
}
_FINAL = {"empty", "encrypted", "unsupported"}  # reading the same bytes again ends the same way

# How much of the whole each stage stands for, as people wait for it: (from, to) in percent.
_SHARE = {
    Stage.RECEIVED: (0, 2),
    Stage.READING: (2, 35),
    Stage.SPLITTING: (35, 38),
    Stage.EMBEDDING: (38, 97),
    Stage.SAVING: (97, 99),
    Stage.READY: (100, 100),
}


@dataclass(frozen=True, slots=True)
class JobView:
    """One line of the upload page. ``seconds_left`` is None while there is nothing to tell it by."""

    id: uuid.UUID
    name: str
    collection: str
    state: str
    stage: str
    stage_label: str
    percent: int
    pages_done: int
    pages_total: int
    passages_done: int
    passages_total: int
    seconds_left: int | None
    error: str
    note: str
    document_url: str | None
    can_cancel: bool
    can_retry: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Tally:
    """So many jobs are in this state."""

    state: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class JobList:
    """What the upload page shows. ``state``: only jobs in it are among ``jobs``; ``tallies`` count all of them."""

    jobs: tuple[JobView, ...]
    tallies: tuple[Tally, ...]
    state: str
    active: bool

    @property
    def total(self) -> int:
        return sum(tally.count for tally in self.tallies)

    @property
    def left_out(self) -> int:
        """Jobs that would be shown, had they room. They were counted a moment before the others were read."""
        if len(self.jobs) < SHOWN_AT_MOST:
            return 0
        counted = sum(tally.count for tally in self.tallies if self.state in {"", tally.state})
        return max(0, counted - len(self.jobs))


def jobs_for(user: User) -> QuerySet[IngestJob]:
    """Jobs this person may know of: on documents they curate; on files they uploaded, and for administrators all."""
    jobs = IngestJob.objects.filter(version__document__in=Document.objects.curated_by(user))
    wanted = IngestJob.wanted_by.through._default_manager.filter(user=user.pk).values("ingestjob")
    return jobs if user.is_administrator else jobs.filter(Q(uploaded_by=user) | Q(pk__in=wanted))


def shown_jobs(user: User, state: str = "") -> JobList:
    """Jobs of the last day and all that are not finished; those at work first, then those that wait, then the newest.
    With a ``state`` only those in it."""
    recent = Q(created__gte=timezone.now() - SHOWN_FOR) | Q(state__in=_UNFINISHED)
    jobs = jobs_for(user).filter(recent)
    counted = dict(jobs.order_by().values_list("state").annotate(n=Count("pk")))
    state = state if state in State.values else ""
    wanted = jobs.filter(state=state) if state else jobs
    turn = Case(When(state=State.RUNNING, then=0), When(state=State.QUEUED, then=1), default=2)
    rows = list(wanted.select_related("version__document__collection").order_by(turn, "-created")[:SHOWN_AT_MOST])
    newer = DocumentVersion.objects.filter(
        document=OuterRef("version__document"), number__gt=OuterRef("version__number")
    )
    ended = IngestJob.objects.filter(pk__in=[job.pk for job in rows if job.state in _AGAIN])
    overtaken = set(ended.filter(Exists(newer)).values_list("pk", flat=True))
    now = timezone.now()
    return JobList(
        jobs=tuple(_view(job, job.pk in overtaken, now) for job in rows),
        tallies=tuple(
            Tally(known.value, str(known.label), counted.get(known, 0))
            for known in State
            if known in counted or known == state
        ),
        state=state,
        active=any(counted.get(known) for known in _UNFINISHED),
    )


def _view(job: IngestJob, overtaken: bool, now: datetime) -> JobView:
    document = job.version.document
    number = job.version.number
    return JobView(
        id=job.pk,
        name=document.name,
        collection=document.collection.name,
        state=job.state,
        stage=job.stage,
        stage_label=_stage_label(job),
        percent=_percent(job),
        pages_done=job.pages_done,
        pages_total=job.pages_total,
        passages_done=job.passages_done,
        passages_total=job.passages_total,
        seconds_left=_seconds_left(job, now),
        error=job.error if job.state == State.FAILED else "",
        note=_note(job),
        document_url=reverse("document", args=[document.pk]),
        can_cancel=job.active and not job.cancel_requested,
        can_retry=job.state in _AGAIN and not overtaken and job.error_code not in _FINAL,
        outcome=f"version {number}" if number > 1 else "new document",
    )


def _stage_label(job: IngestJob) -> str:
    if job.state == State.RUNNING:
        return "being cancelled" if job.cancel_requested else str(Stage(job.stage).label)
    if job.state == State.DONE and job.version.document.current_id != job.version_id:
        return "ready, but a newer version answers"
    return str(State(job.state).label)


def _note(job: IngestJob) -> str:
    if job.state == State.QUEUED and job.error:
        return f"{job.error} It is tried again by itself."
    return job.note


def _progress(job: IngestJob) -> tuple[int, int]:
    """(done, total) in the stage the job is in."""
    if job.stage == Stage.READING:
        return job.pages_done, job.pages_total
    if job.stage == Stage.EMBEDDING:
        return job.passages_done, job.passages_total
    return 0, 0


def _percent(job: IngestJob) -> int:
    if job.state == State.DONE:
        return 100
    if job.state == State.QUEUED:
        return 0
    start, end = _SHARE[Stage(job.stage)]
    done, total = _progress(job)
    return start + (end - start) * min(done, total) // total if total else start


def _seconds_left(job: IngestJob, now: datetime) -> int | None:
    """By the speed of the embedding so far, which is where most of the time goes."""
    done, total = _progress(job)
    if job.state != State.RUNNING or job.stage != Stage.EMBEDDING or not done or job.stage_since is None:
        return None
    elapsed = (now - job.stage_since).total_seconds()
    return max(0, round(elapsed * (total - done) / done))

"""Whose work a job is. A worker holds a job by a token and a lease that ends by itself when the worker dies.

Every change a worker makes to its job is one UPDATE on condition that the token is still its own, and all
times are the database's: a worker that was thought dead and comes back, or one whose clock is wrong, cannot
do harm.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from ingest import pulse
from ingest.lanes import QUICK_PAGES, QUICK_PASSAGES, TooLong
from ingest.models import IngestJob
from knowledge.errors import FootnoteError

State = IngestJob.State
Stage = IngestJob.Stage

WRITE_EVERY_SECONDS = 0.5


class LeaseLost(FootnoteError):
    """Another worker has the job, or it was ended: stop without another word."""


class Cancelled(FootnoteError):
    """Somebody cancelled the job or deleted its document."""


def after(seconds: float) -> Combinable:
    """That many seconds from now, on the database's clock."""
    return Now() + timedelta(seconds=seconds)


def free() -> Q:
    """Jobs nobody holds: waiting (and not pausing after a failure), or held by a worker that has gone silent."""
    rested = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
    return Q(state=State.QUEUED) & rested | Q(state=State.RUNNING, lease_until__lte=Now())


class Hold:
    """One worker's hold on one job. Methods raise LeaseLost when it is no longer its own."""

    def __init__(self, job_id: uuid.UUID, token: str, *, quick: bool = False) -> None:
        self.job_id = job_id
        self.token = token
        self._quick = quick
        self._written = self._heeded = time.monotonic()
        self._unsaved: dict[str, Any] = {}

    def mine(self) -> Any:
        return IngestJob.objects.filter(pk=self.job_id, lease_token=self.token, state=State.RUNNING)

    def confirm(self, **values: Any) -> None:
        """Writes now, and lengthens the lease. Inside a transaction it also keeps others off the job until the end."""
        self._unsaved.update(values)
        lease = after(settings.INGEST_LEASE_SECONDS)
        if not self.mine().update(**self._unsaved, lease_until=lease):
            raise LeaseLost
        self._unsaved.clear()
        self._written = time.monotonic()
        pulse.beat()

    def expect(self, *, pages: int = 0, passages: int = 0) -> None:
        """Raises TooLong when so much is still to be done for a job in the quick lane."""
        if self._quick and (pages > QUICK_PAGES or passages > QUICK_PASSAGES):
            raise TooLong

    def enter(self, stage: IngestJob.Stage) -> None:
        """Notes the stage; a file that is through in a moment is not worth a write for each."""
        self.tick(stage=stage, stage_since=Now())

    def tick(self, **values: Any) -> None:
        """Notes progress; at most twice a second it is written and the wish to cancel is looked up.

        Each by a clock of its own: pages saved in quick succession write all the time, and a wish is heard.
        """
        self._unsaved.update(values)
        now = time.monotonic()
        if now - self._written >= WRITE_EVERY_SECONDS:
            self.confirm()
        if now - self._heeded >= WRITE_EVERY_SECONDS:
            self.heed()

    def heed(self) -> None:
        """Raises Cancelled when somebody does not want this work any more."""
        self._heeded = time.monotonic()
        wishes = self.mine().values_list("cancel_requested", "version__document__deleted").first()
        if wishes is None:
            raise LeaseLost
        cancel, deleted = wishes
        if cancel or deleted is not None:
            raise Cancelled


def take(job_id: uuid.UUID, token: str, *, quick: bool = False) -> Hold | None:
    """The hold on a free job, or None when it is not there, not free or was tried too often."""
    taken = IngestJob.objects.filter(free(), pk=job_id, attempts__lt=settings.INGEST_MAX_ATTEMPTS).update(
        state=State.RUNNING,
        stage=Stage.RECEIVED,
        lease_token=token,
        lease_until=after(settings.INGEST_LEASE_SECONDS),
        attempts=F("attempts") + 1,
        started=Coalesce("started", Now()),
        stage_since=Now(),
        pages_done=0,
        pages_total=0,
        passages_done=0,
        passages_total=0,
        error="",
        error_code="",
        note="",
    )
    return Hold(job_id, token, quick=quick) if taken else None

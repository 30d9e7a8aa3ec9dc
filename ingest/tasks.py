"""What Celery runs: thin, with ids only. Running any of them twice, or at the same time, changes nothing.

Files go through two lanes (``lanes``), each a queue; housekeeping goes first in the quick one.
"""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.db import DatabaseError
from django.db.models import Q
from django.db.models.functions import Now
from kombu import Connection
from kombu.exceptions import OperationalError

from ingest import outcomes, pipeline, pulse
from ingest.lanes import LONG, QUICK, lane_for
from ingest.leases import free
from ingest.leftovers import remove_leftovers
from ingest.models import IngestJob
from knowledge.documents import purge_deleted
from knowledge.errors import TransientError
from knowledge.projection import write_snapshot_if_due
from knowledge.repairing import check_store

logger = logging.getLogger("footnote.ingest")

FILE = 3  # the priority; 0 goes first
RESEND_AFTER = timedelta(seconds=30)
RESEND_AT_ONCE = 1000
_STALE_SECONDS = 25


@shared_task(bind=True)
def process(self: Any, job_id: str) -> None:
    """Reads one version. The token is new for each delivery: one delivered twice must not pass for its twin."""
    job, quick = uuid.UUID(job_id), self.request.delivery_info.get("routing_key") == QUICK
    if pipeline.run(job, uuid.uuid4().hex, quick=quick):
        enqueue_job(job, LONG)


@shared_task(priority=0, expires=_STALE_SECONDS)
def sweep() -> int:
    """Sends again what was lost on the way or left by a worker that died. Gives how many jobs were sent."""
    outcomes.give_up_silent()
    waiting = IngestJob.objects.filter(free()).order_by("created")
    unsent = Q(enqueued__isnull=True) | Q(enqueued__lte=Now() - RESEND_AFTER)
    overdue = waiting.filter(unsent | Q(state=IngestJob.State.RUNNING))
    try:
        # As many messages as jobs: nothing is lost, they only have to wait their turn.
        if _messages() >= waiting.count():
            return 0
    except OperationalError:
        return 0
    sent = 0
    for job_id in list(overdue.values_list("pk", flat=True)[:RESEND_AT_ONCE]):
        if not enqueue_job(job_id):
            break
        sent += 1
    return sent


@shared_task(priority=0, expires=_STALE_SECONDS)
def snapshot_index() -> None:
    """Housekeeping of deleted documents, of temporary files and of the index: what makes room goes first."""
    purge_deleted()
    remove_leftovers()
    try:
        write_snapshot_if_due()
    except (TransientError, OSError) as error:
        # The one before stays, and the next round tries again.
        logger.warning("snapshot not written reason=%s", type(error).__name__)


@shared_task
def check_store_nightly() -> None:
    """Holds everything against everything; administrators see the result on their pages."""
    check = check_store(still_here=pulse.beat)
    if not check.well:
        logger.error("store check differences=%d", len(check.differences))


@shared_task(priority=0, expires=_STALE_SECONDS)
def show_life() -> None:
    """Received at all, it has done its work: the pulse that goes with every task (``pulse``)."""


def enqueue_job(job_id: uuid.UUID, lane: str | None = None) -> bool:
    """Sends a job to the workers, into the lane for its size when none is named. False when their queue is out of
    reach: the sweeper then sends it later.
    """
    try:
        job = IngestJob.objects.filter(pk=job_id).select_related("version").first()
        if job is None:
            return True
        queue = lane or lane_for(job.version.size)
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            process.apply_async((str(job_id),), producer=connection.Producer(), queue=queue, priority=FILE)
        IngestJob.objects.filter(pk=job_id).update(enqueued=Now())
    except (OperationalError, DatabaseError):
        logger.warning("queue out of reach job=%s", job_id)
        return False
    return True


def _messages() -> int:
    """Messages in both queues, housekeeping included."""
    with current_app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        return sum(_waiting_in(connection, queue) for queue in (QUICK, LONG))


def _waiting_in(connection: Connection, queue: str) -> int:
    channel: Any = connection.default_channel
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except connection.channel_errors:
        return 0  # a queue with nothing in it does not exist

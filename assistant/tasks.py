"""What Celery runs for this layer. Thin, with ids only; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from assistant.evaluating import runs
from assistant.reviewing.queue import release_stuck
from assistant.verified.lapsing import lapse


@shared_task
def run_evaluation(run_id: int) -> None:
    """Goes on with a run until it is over."""
    runs.work(run_id)


@shared_task(priority=0, expires=55)
def sweep_evaluations() -> int:
    """Sends again what was lost on the way or left by a worker that died."""
    return runs.sweep()


@shared_task(expires=6 * 3600)
def nightly_evaluations() -> int:
    """Today's configuration over each set."""
    return runs.nightly()


@shared_task(priority=0, expires=600)
def keep_reviews() -> None:
    """Ends what no longer holds as days go by, and frees what its reviewer can no longer judge."""
    lapse()
    release_stuck()

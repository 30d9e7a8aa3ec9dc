"""What Celery runs for this layer. Thin, with ids only; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from assistant.dashboards.rolling import roll_up
from assistant.evaluating import runs
from assistant.gaps.asking_again import ask_again
from assistant.gaps.gathering import gather
from assistant.reviewing.feeding import feed_missed
from assistant.reviewing.queue import release_stuck
from assistant.verified.lapsing import lapse
from knowledge.errors import SearchUnavailable


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
    """Ends what no longer holds as days go by, frees what its reviewer can no longer judge, and puts before the
    reviewers what a process that died left out."""
    lapse()
    release_stuck()
    feed_missed()


@shared_task(priority=0, expires=50)
def mind_the_gaps() -> None:
    """Groups what was not answered, and asks again what a new document may answer."""
    try:
        gather()
        ask_again()
    except SearchUnavailable:
        return  # the model may be back with the next round


@shared_task(priority=0, expires=3000)
def roll_up_days() -> None:
    """Keeps the figures of days that are over."""
    roll_up()

"""What the scheduler runs for this layer. Thin; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from assistant.dashboards.rolling import roll_up
from assistant.gaps.asking_again import ask_again
from assistant.gaps.gathering import gather
from knowledge.errors import SearchUnavailable


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

"""What Celery runs for this layer. Thin; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from assistant.reviewing.queue import release_stuck
from assistant.verified.lapsing import lapse


@shared_task(priority=0, expires=600)
def keep_reviews() -> None:
    """Ends what no longer holds as days go by, and frees what its reviewer can no longer judge."""
    lapse()
    release_stuck()

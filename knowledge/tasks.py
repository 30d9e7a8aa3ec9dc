"""What Celery runs for this layer: the permission proof."""

from __future__ import annotations

from celery import shared_task

from knowledge import reminding
from knowledge.proof.probing import run_probe


@shared_task(priority=0, expires=120)
def probe() -> str:
    return run_probe().state


@shared_task(priority=0, expires=3000)
def remind() -> None:
    """Tells the keepers of documents what should be looked at again."""
    reminding.remind()

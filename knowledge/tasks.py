"""What Celery runs for this layer: the permission proof."""

from __future__ import annotations

from celery import shared_task

from knowledge.proof.probing import run_probe


@shared_task(priority=0, expires=120)
def probe() -> str:
    return run_probe().state

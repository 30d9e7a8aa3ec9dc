"""A worker's sign of life: a file whose time says when it last took a task or came on with one.

A worker can be there and idle for ever, after its connection to the broker broke in an unlucky way; only what it does
not do tells. The supervisor starts a silent one again (``config/supervisor.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings


@task_prerun.connect
@task_postrun.connect
def beat(**_: Any) -> None:
    """Notes that this worker is at work now. Nothing outside a worker that is watched."""
    if settings.INGEST_PULSE:
        Path(settings.INGEST_PULSE).touch()

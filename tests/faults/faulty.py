"""A program of the product in which something goes wrong at a named step: ``python -m tests.faults.faulty PROGRAM …``.

Workers and commands run as they are; only at the steps below they look into the folder ``FAULTS`` for an order of the
step's name and carry it out. Orders are JSON: ``do`` ("kill", "die", "wait", "full"), ``file`` (only for files whose
name holds this), ``always`` (else once). Killing ends the whole process group at once, as ``kill -9`` of a worker does;
"die" ends the working process alone. ``CLOCK`` moves this process's clock by so many seconds, ``VISIBILITY`` sets after
how many seconds the broker gives a message out again.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

# step → what is wrapped, and whether the fault comes before it or after it
STEPS = {
    "save-begun": ("ingest.uploads:_record", "before"),
    "save-file": ("ingest.uploads:_version", "after"),
    "save-done": ("ingest.uploads:_record", "after"),
    "extract-begun": ("ingest.pipeline:read_version", "before"),
    "extract-half": ("ingest.reading:_Saver.flush", "after"),
    "extract-done": ("ingest.pipeline:read_version", "after"),
    "chunk-done": ("ingest.passages:split", "after"),
    "embed-half": ("knowledge.embedding.plain_bert:PlainBertEmbedder.embed_documents", "after"),
    "embed-done": ("ingest.passages:embed", "after"),
    "commit-rows": ("ingest.pipeline:publish_version", "before"),
    "publish-begun": ("knowledge.lexical:index_version", "before"),
    "publish-text": ("knowledge.projection:record_added", "before"),
    "publish-done": ("ingest.pipeline:publish_version", "after"),
    "commit-last": ("ingest.outcomes:done", "after"),
    "commit-done": ("ingest.pipeline:_process", "after"),
    "index-files": ("knowledge.snapshots:_sync", "before"),
    "index-written": ("knowledge.snapshots:write", "after"),
}
_current = ""


def _obey(step: str) -> None:
    place = Path(os.environ["FAULTS"]) / step
    try:
        order = json.loads(place.read_text())
    except FileNotFoundError:
        return
    if order.get("file", "") not in _current:
        return
    if not order.get("always"):
        place.rename(place.with_suffix(".met"))
    if order["do"] == "kill":
        os.killpg(os.getpgid(0), signal.SIGKILL)
    if order["do"] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if order["do"] == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    while not place.with_suffix(".go").exists():
        time.sleep(0.02)


def _wrap(step: str, target: str, when: str) -> None:
    module_name, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module_name)
    for part in owners:
        owner = getattr(owner, part)
    inner: Callable[..., Any] = getattr(owner, name)

    @wraps(inner)
    def faulty(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            _obey(step)
        result = inner(*args, **kwargs)
        if when == "after":
            _obey(step)
        return result

    setattr(owner, name, faulty)


def _know_the_file() -> None:
    """Notes which file the process is at, for orders about one file."""
    from ingest import pipeline, uploads
    from knowledge.models import DocumentVersion

    process, clean_name = pipeline._process, uploads.clean_name

    def noting(hold: Any, begun: Any) -> None:
        global _current
        _current = DocumentVersion.objects.values_list("filename", flat=True).get(job=hold.job_id)
        process(hold, begun)

    def noting_name(name: str) -> str:
        global _current
        _current = name
        return clean_name(name)

    pipeline._process, uploads.clean_name = noting, noting_name


def _move_the_clock(seconds: float) -> None:
    """What Python code of this process takes for now. The database keeps its own clock."""
    from datetime import timedelta

    from django.utils import timezone

    real_time, real_now = time.time, timezone.now
    time.time = lambda: real_time() + seconds
    timezone.now = lambda: real_now() + timedelta(seconds=seconds)


def _hurry() -> None:
    """Housekeeping comes around quickly, so that tests need not wait for it."""
    from datetime import timedelta

    from config.celery import app
    from ingest import tasks

    tasks.RESEND_AFTER = timedelta(seconds=float(os.environ.get("RESEND", "3")))
    app.conf.beat_schedule = {
        "sweep": {"task": "ingest.tasks.sweep", "schedule": 1.0},
        "snapshot": {"task": "ingest.tasks.snapshot_index", "schedule": 2.0},
    }
    if "VISIBILITY" in os.environ:
        app.conf.broker_transport_options |= {"visibility_timeout": float(os.environ["VISIBILITY"])}


def install() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    _know_the_file()
    for step, (target, when) in STEPS.items():
        _wrap(step, target, when)
    _hurry()
    if os.environ.get("CLOCK"):
        _move_the_clock(float(os.environ["CLOCK"]))


if __name__ == "__main__":
    # The steps look at this module's state; there must be one of it.
    sys.modules["tests.faults.faulty"] = sys.modules["__main__"]
    program, *arguments = sys.argv[1:]
    sys.argv = [program, *arguments]
    install()
    if program == "celery":
        from celery.__main__ import main

        main()
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", *arguments])

"""How the parts of this installation are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from kombu import Connection
from kombu.exceptions import OperationalError

from config.checks import missing_model_files


@dataclass(frozen=True, slots=True)
class Part:
    """One part: whether it is well, and whether people can ask without it."""

    name: str
    well: bool
    words: str
    vital: bool = True


def examine() -> list[Part]:
    return [
        _part("database", _database_answers, "answers", "does not answer"),
        _part("home", _home_writable, "writable", "cannot be written to"),
        _part("model", lambda: not missing_model_files(), "present", "files are missing", vital=False),
        _part("queue", _queue_answers, "answers", "does not answer: uploads wait", vital=False),
    ]


def _part(name: str, test: Callable[[], bool], yes: str, no: str, vital: bool = True) -> Part:
    well = test()
    return Part(name, well, yes if well else no, vital)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _home_writable() -> bool:
    return os.access(settings.FOOTNOTE_HOME, os.W_OK)


def _queue_answers() -> bool:
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except (OperationalError, OSError):
        return False
    return True

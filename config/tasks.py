"""What the scheduler runs for the installation as a whole. Thin; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from config import retention as rules
from config.backup import making
from knowledge import erasure
from knowledge.documents import purge_deleted

_STALE_SECONDS = 240


@shared_task(priority=0, expires=_STALE_SECONDS)
def erase() -> None:
    """Erases what was deleted, down to the files of database and index, and writes the proofs."""
    purge_deleted()
    erasure.finish()
    making.note_erasures()


@shared_task(priority=0, expires=3000)
def retention() -> None:
    rules.apply()


@shared_task(priority=0, expires=6 * 3600)
def nightly_backup() -> None:
    """A backup into FOOTNOTE_BACKUPS, where that is set."""
    if settings.BACKUP_DIR is not None:
        making.make(settings.BACKUP_DIR)

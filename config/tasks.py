"""What the scheduler runs for the installation as a whole. Thin; running any of it twice changes nothing."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from config import retention as rules
from config.backup import making, watching
from config.backup.manifest import BackupError
from knowledge import erasure
from knowledge.documents import purge_deleted

log = logging.getLogger("footnote.backup")
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
    watching.look()


@shared_task(priority=0, expires=6 * 3600)
def nightly_backup() -> None:
    """A backup into FOOTNOTE_BACKUPS, where that is set. Administrators are told when it fails."""
    if settings.BACKUP_DIR is None:
        return
    try:
        made = making.make(settings.BACKUP_DIR)
    except (BackupError, OSError) as error:
        log.error("backup.failed %s", error)
        watching.failed()
    else:
        log.info("backup.made files=%d copied=%d", len(made.manifest.files), made.copied)

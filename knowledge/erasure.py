"""The last step of erasing: what rows and files left behind on the disk, and the proof that it is gone.

Vectors lie in snapshots of the index, words in the full text's old segments, pages in the write-ahead log. ``finish``
takes all of them away and only then writes down that a document or a person was erased.
"""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts import audit
from accounts.models import Erasure, User
from knowledge import holding, postings, projection, snapshots
from knowledge.documents import remove_remains
from knowledge.errors import FootnoteError
from knowledge.models import Document, Page, Passage

log = logging.getLogger("footnote.erasure")


def finish() -> int:
    """Finishes every erasure whose rows are gone. Gives how many were finished. Call outside a transaction."""
    waiting = [one for one in Erasure.objects.filter(erased__isnull=True) if not _has_rows(one)]
    if waiting:
        with holding.files_may_go() as allowed:
            if not allowed:
                return 0
            for erasure in waiting:
                remove_remains(erasure)
        _renew_snapshots()
        postings.squeeze(connection)
    clean = _clean_pages(vacuum=bool(waiting))
    finished = 0
    for erasure in waiting:
        if clean and not _left(erasure):
            _prove(erasure)
            finished += 1
        else:
            log.warning("erasure.unfinished kind=%s id=%s", erasure.kind, erasure.object_id)
    return finished


def _has_rows(erasure: Erasure) -> bool:
    if erasure.kind == Erasure.Kind.DOCUMENT:
        return Document.objects.filter(pk=uuid.UUID(erasure.object_id)).exists()
    return User.objects.filter(pk=int(erasure.object_id)).exists()


def _renew_snapshots() -> None:
    """A new generation without what is gone; older ones, damaged ones and half-written ones go."""
    # One that another process is writing at this moment may hold what is gone: it is waited for, and then removed.
    with snapshots.alone():
        try:
            current = projection.get_projection().snapshot()
            if snapshots.newest_position():
                snapshots.write(current)
        except FootnoteError as error:
            # The rows rebuild it when they are asked.
            log.warning("erasure.no_snapshot reason=%s", type(error).__name__)
            current = None
        snapshots.forget_before(current.position if current else None)


def _clean_pages(*, vacuum: bool) -> bool:
    """Takes deleted rows out of the database's own files. False when a reader is in the way: then come again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # ``secure_delete`` overwrote them in the database; the log still holds the pages as they were.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            return row is not None and row[0] == 0
        if vacuum:
            cursor.execute("VACUUM")  # all tables: the passages' is the large one, and a list of them forgets some
    return True


def _left(erasure: Erasure) -> bool:
    """Whether anything of it is still there."""
    versions, files = erasure.remains.get("versions", ()), erasure.remains.get("files", ())
    return (
        Passage.objects.filter(version_id__in=versions).exists()
        or Page.objects.filter(version_id__in=versions).exists()
        or any(default_storage.exists(name) for name in files)
        or any((settings.PAGE_CACHE_DIR / str(version)).exists() for version in versions)
    )


def _prove(erasure: Erasure) -> None:
    erasure.erased, erasure.remains = timezone.now(), {}
    erasure.save(update_fields=["erased", "remains"])
    audit.record(None, f"{erasure.kind}.erased", None, id=erasure.object_id)

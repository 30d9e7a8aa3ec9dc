"""What happens to documents: a version is published, a document is deleted, its remains are purged."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from knowledge import lexical, projection
from knowledge.errors import DocumentGone
from knowledge.models import Document, DocumentVersion


def publish_version(version: DocumentVersion) -> None:
    """Makes a version with all its passages the one that answers; the one before leaves the indexes. One transaction.

    A version that was overtaken by a newer one becomes ready without taking over.
    Raises DocumentGone when the document was deleted meanwhile.
    """
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(of=("self",))
            .select_related("current")
            .filter(pk=version.document_id)
            .first()
        )
        if document is None or document.deleted is not None:
            raise DocumentGone("The document was deleted while it was being read, so nothing was kept.")
        version.state = DocumentVersion.State.READY
        version.ready = timezone.now()
        version.save(update_fields=["state", "ready", "page_count", "passage_count", "language", "media_type"])
        previous = document.current
        if previous is not None and previous.number > version.number:
            return
        if previous is not None and previous.pk != version.pk:
            lexical.drop_version(previous.pk)
            projection.record_removed(previous.pk, previous.passage_count)
        document.current = version
        document.save(update_fields=["current", "updated"])
        lexical.index_version(version.pk)
        projection.record_added(version.pk, version.passage_count)


def delete_document(document: Document, by: User | None) -> None:
    """Takes a document out of every answer at once; rows and files follow with the next purge."""
    with transaction.atomic():
        locked = Document.objects.select_for_update().filter(pk=document.pk, deleted__isnull=True).first()
        if locked is None:
            return
        locked.deleted = timezone.now()
        locked.save(update_fields=["deleted", "updated"])
        current = locked.current
        if current is not None:
            lexical.drop_version(current.pk)
            projection.record_removed(current.pk, current.passage_count)
        audit.record(by, "document.deleted", locked)


def purge_deleted() -> int:
    """Removes rows, files and cached pictures of deleted documents. Gives how many documents went."""
    purged = 0
    for document in Document.objects.filter(deleted__isnull=False):
        versions = list(document.versions.all())
        # Files go first: who dies here leaves rows by which the next purge goes on, and no file that nobody knows.
        for version in versions:
            version.blob.storage.delete(str(version.blob.name))
            shutil.rmtree(settings.PAGE_CACHE_DIR / str(version.pk), ignore_errors=True)
        with transaction.atomic():
            for version in versions:
                lexical.drop_version(version.pk)
            audit.record(None, "document.purged", document)
            document.delete()
        purged += 1
    return purged

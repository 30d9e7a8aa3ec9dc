"""What happens to documents: a version is published, a document is deleted, its remains are purged."""

from __future__ import annotations

import shutil
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit, erasing
from accounts.models import Erasure, User
from accounts.notices import telling
from knowledge import holding, lexical, postings, projection
from knowledge.errors import DocumentGone
from knowledge.models import Document, DocumentVersion, Passage


def publish_version(version: DocumentVersion) -> None:
    """Makes a version with all its passages the one that answers; the one before leaves the indexes. One transaction.

    A version that was overtaken by a newer one becomes ready without taking over.
    Raises DocumentGone when the document was deleted meanwhile.
    """
    with transaction.atomic():
        # The current version is read when the lock is held: a join would bring the one from before the waiting.
        document = Document.objects.select_for_update().filter(pk=version.document_id).first()
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


def title_changed(document_id: uuid.UUID) -> None:
    """Has a document found by its new title. Call inside the transaction that wrote it, which holds the row."""
    current = Document.objects.filter(pk=document_id, deleted__isnull=True).values_list("current_id", flat=True).first()
    if current is not None:
        lexical.index_version(current)


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
        erasing.asked(Erasure.Kind.DOCUMENT, locked.pk, by.pk if by else None)
        if not _retrievable(locked):
            erasing.unretrievable(Erasure.Kind.DOCUMENT, locked.pk)
        audit.record(by, "document.deleted", locked)


def _retrievable(document: Document) -> bool:
    """Whether any of a document's words can still be found: by the full text, or by those who follow the index."""
    passages = list(Passage.objects.filter(version__document=document).values_list("pk", flat=True))
    return Passage.objects.searchable().filter(version__document=document).exists() or bool(
        postings.held(connection, passages)
    )


def bring_back(document_id: uuid.UUID, by: User) -> bool:
    """Undoes a deletion while the document is kept. False when it is gone or another one took its name."""
    with transaction.atomic():
        locked = Document.objects.select_for_update().filter(pk=document_id, deleted__isnull=False).first()
        if locked is None:
            return False
        taken = Document.objects.filter(
            collection=locked.collection_id, name=locked.name, namesake=locked.namesake, deleted__isnull=True
        )
        if taken.exists():
            return False
        locked.deleted = None
        locked.save(update_fields=["deleted", "updated"])
        if locked.current is not None:
            lexical.index_version(locked.current.pk)
            projection.record_added(locked.current.pk, locked.current.passage_count)
        erasing.withdrawn(Erasure.Kind.DOCUMENT, locked.pk)
        audit.record(by, "document.brought_back", locked)
    return True


def purge_deleted() -> int:
    """Removes rows, files and cached pictures of documents that were deleted long enough ago (KEEP_DELETED_DAYS).

    Gives how many documents went. While a backup copies files, nothing is removed.
    """
    purged = 0
    with holding.files_may_go() as allowed:
        if not allowed:
            return 0
        due = timezone.now() - timedelta(days=settings.KEEP_DELETED_DAYS)
        for document in Document.objects.filter(deleted__lte=due):
            with transaction.atomic():
                # One that was brought back meanwhile stays.
                locked = Document.objects.select_for_update().filter(pk=document.pk, deleted__isnull=False).first()
                if locked is None:
                    continue
                erasure = _purge_rows(locked)
            # Files go last: a row never points at a file that is not there.
            remove_remains(erasure)
            purged += 1
    return purged


def _purge_rows(document: Document) -> Erasure:
    """Removes the rows; what is on the disk is noted in the same transaction, so that it goes even after a crash."""
    versions = list(document.versions.all())
    for version in versions:
        lexical.drop_version(version.pk)
    erasing.asked(Erasure.Kind.DOCUMENT, document.pk, None)
    erasing.unretrievable(Erasure.Kind.DOCUMENT, document.pk)
    erasure = Erasure.objects.get(kind=Erasure.Kind.DOCUMENT, object_id=str(document.pk))
    erasure.remains = {
        "files": [str(version.blob.name) for version in versions],
        "versions": [version.pk for version in versions],
    }
    erasure.save(update_fields=["remains"])
    erasing.forget_in_administration_log(document, [document.pk])
    telling.forget([f"document:{document.pk}"])
    if versions:
        erasing.forget_in_administration_log(versions[0], [version.pk for version in versions])
    # The trail's newest line is held until the commit, so it is written last.
    gone = Document(pk=document.pk)
    document.delete()
    audit.record(None, "document.purged", gone)
    return erasure


def remove_remains(erasure: Erasure) -> None:
    """Removes from the disk what an erased document left there. Again: changes nothing."""
    for name in erasure.remains.get("files", ()):
        default_storage.delete(name)
    for version in erasure.remains.get("versions", ()):
        shutil.rmtree(settings.PAGE_CACHE_DIR / str(version), ignore_errors=True)

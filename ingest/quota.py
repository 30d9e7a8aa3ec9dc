"""How much may be kept: by one person over all collections, and in one collection by everybody."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet, Sum

from accounts.models import User
from ingest.errors import UploadRefused
from knowledge.models import Collection, DocumentVersion

_GONE = (DocumentVersion.State.FAILED, DocumentVersion.State.CANCELLED)


def require_space(user: User, collection: Collection, size: int) -> None:
    """Raises UploadRefused when these bytes would pass a quota. The caller holds the collection's row.

    Every version counts that is kept and was not set aside; those of deleted documents do not.
    """
    kept = DocumentVersion.objects.filter(document__deleted__isnull=True).exclude(state__in=_GONE)
    if _passes(kept.filter(document__collection=collection), size, settings.QUOTA_COLLECTION_BYTES):
        raise UploadRefused(
            f"“{collection}” is full: it may hold {_megabytes(settings.QUOTA_COLLECTION_BYTES)} MB. Delete what is no "
            "longer needed, or ask your administrator for more.",
            507,
        )
    # Uploads to several collections do not wait for each other, so the person's row is held too.
    User.objects.select_for_update().get(pk=user.pk)
    if _passes(kept.filter(created_by=user), size, settings.QUOTA_PERSON_BYTES):
        raise UploadRefused(
            f"You have {_megabytes(settings.QUOTA_PERSON_BYTES)} MB of documents here, which is as much as one person "
            "may add. Delete what is no longer needed, or ask your administrator for more.",
            507,
        )


def _passes(versions: QuerySet[DocumentVersion], size: int, most: int) -> bool:
    if most <= 0:
        return False
    return int(versions.aggregate(size=Sum("size"))["size"] or 0) + size > most


def _megabytes(size: int) -> str:
    return f"{size // 1024**2:,}"

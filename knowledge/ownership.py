"""Who keeps a document: its owner; where none is named, the collection's; where neither is, its curators.

An owner whose account is deactivated is as none: what those who left uploaded must not be left without anybody.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from knowledge.access import CURATOR, granted_collections
from knowledge.models import Collection, Document, Grant

SOON = timedelta(days=14)
AGAIN = timedelta(days=365)


def kept_by(user: User) -> Q:
    """The condition "this person keeps the document"; what they may read is asked besides."""
    curated = Q(collection__in=granted_collections(user, CURATOR))
    none, none_of_all = _unowned("owner"), _unowned("collection__owner")
    return Q(owner=user) | (none & Q(collection__owner=user)) | (none & none_of_all & curated)


def _unowned(owner: str) -> Q:
    return Q(**{f"{owner}__isnull": True}) | Q(**{f"{owner}__is_active": False})


def owner_of(document: Document) -> User | None:
    """Whom to ask about it: the owner, else the collection's; None when neither is named or both have left."""
    named = (document.owner, document.collection.owner)
    return next((person for person in named if person is not None and person.is_active), None)


def keepers_of(document: Document) -> list[User]:
    """Those of them who may read it at this moment."""
    if (owner := owner_of(document)) is not None:
        people = [owner]
    else:
        grants = Grant.objects.filter(collection=document.collection_id, role=CURATOR)
        chosen = Q(pk__in=grants.values("user_id")) | Q(groups__in=grants.values("group_id"))
        people = list(User.objects.filter(chosen, is_active=True).distinct())
    readable = Document.objects.filter(pk=document.pk)
    return [person for person in people if readable.visible_to(person).exists()]


def in_care(user: User) -> list[Document]:
    """Documents this person keeps that should be looked at again soon or already, the oldest date first."""
    found = Document.objects.visible_to(user).filter(kept_by(user), current__isnull=False)
    due = found.filter(review_by__lte=timezone.localdate() + SOON)
    return list(due.select_related("collection", "current").order_by("review_by", "title"))


def cared_for(user: User, document_id: uuid.UUID) -> Document | None:
    """A document that this person may read, and keeps or curates."""
    curated = Q(collection__in=Collection.objects.curated_by(user))
    return Document.objects.visible_to(user).filter(kept_by(user) | curated, pk=document_id).first()


def still_right(document: Document, by: User, until: date) -> None:
    """Somebody looked and it holds: the next look is due on another day. Raises ValueError for a day that is over."""
    if until <= timezone.localdate():
        raise ValueError("The next look is due on a day to come.")
    with transaction.atomic():
        document.review_by = until
        document.save(update_fields=["review_by", "updated"])
        audit.record(by, "document.still_right", document)


def retire(document: Document, by: User) -> None:
    """From today on it is not in force: answers prefer others, and say so when they still use it."""
    yesterday = timezone.localdate() - timedelta(days=1)
    with transaction.atomic():
        if document.effective is not None and document.effective > yesterday:
            document.effective = yesterday
        document.effective_until, document.review_by = yesterday, None
        document.save(update_fields=["effective", "effective_until", "review_by", "updated"])
        audit.record(by, "document.retired", document)

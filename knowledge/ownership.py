"""Who keeps a document: its owner; where none is named, the collection's; where neither is, its curators."""

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
    unnamed = Q(owner__isnull=True, collection__owner__isnull=True)
    return Q(owner=user) | Q(owner__isnull=True, collection__owner=user) | (unnamed & curated)


def keepers_of(document: Document) -> list[User]:
    """Those of them who may read it at this moment."""
    if named := document.owner or document.collection.owner:
        people = [named]
    else:
        grants = Grant.objects.filter(collection=document.collection_id, role=CURATOR)
        chosen = Q(pk__in=grants.values("user_id")) | Q(groups__in=grants.values("group_id"))
        people = list(User.objects.filter(chosen, is_active=True).distinct())
    readable = Document.objects.filter(pk=document.pk)
    return [person for person in people if person.is_active and readable.visible_to(person).exists()]


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

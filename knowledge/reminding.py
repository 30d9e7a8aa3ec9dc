"""Reminders of documents that should be looked at again: before the day, and on it, each once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices.telling import tell
from knowledge.models import Document, ReviewReminder
from knowledge.ownership import SOON, keepers_of

ONE_BY_ONE = 5  # documents of one person at once; of more, one notice tells the number
_PAGE = "/documents/due/"


def remind() -> int:
    """Tells the keepers of what is due. Gives how many documents were spoken of."""
    today = timezone.localdate()
    due = Document.objects.filter(
        _untold(today), deleted__isnull=True, canary=False, current__isnull=False, review_by__lte=today + SOON
    ).select_related("owner", "collection__owner")
    told: defaultdict[User, list[Document]] = defaultdict(list)
    spoken = 0
    with transaction.atomic():
        for document in due.order_by("review_by", "title"):
            assert document.review_by is not None  # noqa: S101  # by the filter
            stage = ReviewReminder.Stage.DUE if document.review_by <= today else ReviewReminder.Stage.SOON
            people = keepers_of(document)
            if not people or not _first(document, stage):
                continue
            spoken += 1
            for person in people:
                told[person].append(document)
        for person, documents in told.items():
            _tell(person, documents)
    return spoken


def _untold(today: date) -> Q:
    """Documents stay due until somebody has looked, so those that were spoken of are left out at once."""
    said = ReviewReminder.objects.filter(document=OuterRef("pk"), due=OuterRef("review_by"))
    stages = ReviewReminder.Stage
    now = Q(review_by__lte=today) & ~Exists(said.filter(stage=stages.DUE))
    return now | (Q(review_by__gt=today) & ~Exists(said.filter(stage=stages.SOON)))


def _first(document: Document, stage: str) -> bool:
    key = {"document": document, "due": document.review_by, "stage": stage}
    if ReviewReminder.objects.filter(**key).exists():
        return False
    try:
        with transaction.atomic():
            ReviewReminder.objects.create(**key)
    except IntegrityError:
        return False  # another worker tells it
    return True


def _tell(person: User, documents: list[Document]) -> None:
    if len(documents) > ONE_BY_ONE:
        tell([person], NoticeKind.REVIEW_BY, f"{len(documents)} documents of yours should be looked at again.", _PAGE)
        return
    for document in documents:
        text = f"{{it}} should be looked at again by {document.review_by:%-d %B %Y}."
        tell([person], NoticeKind.REVIEW_BY, text, f"{_PAGE}#{document.pk}", about=f"document:{document.pk}")

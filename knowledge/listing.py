"""The table of documents: what a person finds in it, how it is filtered and sorted, and what curators do to many."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import User
from knowledge.documents import delete_document
from knowledge.filtering import holding, typed
from knowledge.models import Collection, Document

# Column → (its heading, what it sorts by).
COLUMNS = {
    "title": ("Title", "title"),
    "collection": ("Collection", "collection__name"),
    "owner": ("Owner", "owner__display_name"),
    "pages": ("Pages", "current__page_count"),
    "version": ("Version", "current__number"),
    "review": ("Review by", "review_by"),
    "updated": ("Changed", "updated"),
}
NUMBERS = {"pages"}
STATES = {
    "ready": "Ready",
    "replaced": "Replaced by another",
    "late": "Past its review date",
    "ended": "No longer in force",
    "unread": "Not ready",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where a click on it leads, and how the table is sorted by it now ("" when it is not)."""

    text: str
    sort: str
    sorted: str
    number: bool


def listed(user: User) -> QuerySet[Document]:
    """Documents a person finds in lists: readable ones; one that never became ready only for its curators.

    Rows have ``replaced`` and ``curated``: whether this person may change them.
    """
    curated = Collection.objects.curated_by(user)
    readable = Document.objects.visible_to(user).marking_replaced(user)
    mine = readable.annotate(curated=Exists(curated.filter(pk=OuterRef("collection_id"))))
    return mine.filter(Q(current__isnull=False) | Q(curated=True))


def table(user: User, wanted: Mapping[str, str]) -> QuerySet[Document]:
    """``listed`` by the parameters of an address: q, collection, state and sort. What is unknown filters nothing."""
    rows = listed(user).select_related("collection", "owner", "current")
    if query := typed(wanted.get("q")):
        rows = rows.filter(holding(query, "title", "name"))
    if slug := typed(wanted.get("collection")):
        rows = rows.filter(collection__slug=slug)
    rows = _in_state(rows, wanted.get("state", ""))
    column, falling = _sorting(wanted.get("sort", ""))
    key = F(COLUMNS[column][1])
    return rows.order_by(key.desc(nulls_last=True) if falling else key.asc(nulls_last=True), "title", "pk")


def _in_state(rows: QuerySet[Document], state: str) -> QuerySet[Document]:
    late = Q(review_by__lt=timezone.localdate())
    conditions = {
        "ready": Q(current__isnull=False, replaced=False) & ~(Q(review_by__isnull=False) & late),
        "replaced": Q(current__isnull=False, replaced=True),
        "late": late,
        "ended": Q(effective_until__lt=timezone.localdate()),
        "unread": Q(current__isnull=True),
    }
    return rows.filter(conditions[state]) if state in conditions else rows


def _sorting(sort: str) -> tuple[str, bool]:
    """(column, falling)."""
    column = sort.removeprefix("-")
    return (column, sort.startswith("-")) if column in COLUMNS else ("title", False)


def headings(sort: str) -> list[Heading]:
    now, falling = _sorting(sort)
    return [
        Heading(
            text=text,
            sort=f"-{column}" if column == now and not falling else column,
            sorted=("descending" if falling else "ascending") if column == now else "",
            number=column in NUMBERS,
        )
        for column, (text, _) in COLUMNS.items()
    ]


def chosen(user: User, ids: Sequence[str]) -> QuerySet[Document]:
    """Of these, the documents that this person may both see and change; the others do not exist for them."""
    known = []
    for text in ids:
        try:
            known.append(uuid.UUID(text))
        except ValueError:
            continue
    return Document.objects.visible_to(user).filter(collection__in=Collection.objects.curated_by(user), pk__in=known)


def delete_many(user: User, documents: models.QuerySet[Document]) -> int:
    rows = list(documents)
    for row in rows:
        delete_document(row, user)
    return len(rows)


def set_review_date(user: User, documents: models.QuerySet[Document], day: date | None) -> int:
    """Gives how many documents now have this review date, None for none."""
    rows = list(documents)
    for row in rows:
        row.review_by = day
        row.save(update_fields=["review_by", "updated"])
        audit.record(user, "document.changed", row)
    return len(rows)

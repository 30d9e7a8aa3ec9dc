"""Footnotes and the sentences they stand behind, as people are shown them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assistant.models import Answer, Citation, Standing
from knowledge.force import age_marks
from knowledge.labels import page_label
from knowledge.models import Document, replaced_for
from knowledge.ownership import owner_of
from knowledge.typeset import plain

_LABELS = {value: str(label) for value, label in Standing.choices}


@dataclass(frozen=True, slots=True)
class FootnoteView:
    """A footnote: the exact words and where they stand."""

    number: int
    quote: str
    document_title: str
    collection: str
    page_label: str
    dated: date
    version: int
    is_current: bool
    superseded: bool
    past_review: bool
    url: str
    effective: date | None
    holds: bool
    owner: str
    marks: tuple[str, ...]

    @property
    def words(self) -> str:
        """The quote without marks of tables and headings."""
        return plain(self.quote)


@dataclass(frozen=True, slots=True)
class SentenceView:
    index: int
    text: str
    standing: str
    standing_label: str
    reason: str
    footnotes: tuple[FootnoteView, ...]
    short: str = ""


def footnote_views(answer: Answer, user: User) -> dict[int, FootnoteView]:
    """Footnotes by number. The caller has checked that this person may see them."""
    rows = list(
        answer.citations.select_related(
            "page", "passage", "version", "document__collection__owner", "document__current", "document__owner"
        )
        .defer("page__text", "passage__text", "passage__vector")
        .order_by("number")
    )
    replaced = replaced_among((row.document for row in rows), user)
    return {row.number: _footnote(row, row.document_id in replaced) for row in rows}


def replaced_among(documents: Iterable[Document], user: User) -> set[uuid.UUID]:
    """Those of these documents that another one replaces for this person."""
    named = {document.pk for document in documents if document.superseded_by_id is not None}
    if not named:
        return set()
    return set(Document.objects.filter(pk__in=named).filter(replaced_for(user)).order_by().values_list("pk", flat=True))


def _footnote(row: Citation, replaced: bool) -> FootnoteView:
    document, today = row.document, timezone.localdate()
    return FootnoteView(
        number=row.number,
        quote=row.quote,
        document_title=document.title,
        collection=document.collection.name,
        page_label=page_label(row.page.kind, row.page.number, row.page.label, heading_of(row), document.title),
        dated=document.effective or timezone.localdate(row.version.created),
        version=row.version.number,
        is_current=document.current_id == row.version_id,
        superseded=replaced,
        past_review=document.review_by is not None and document.review_by < today,
        url=reverse("citation", args=[row.pk]),
        effective=document.effective,
        holds=not replaced and document.force.holds(today),
        owner=str(owner_of(document) or ""),
        marks=age_marks(document.force, document.review_by, replaced, today),
    )


def heading_of(row: Citation) -> Sequence[str]:
    return row.passage.heading_path if row.passage else ()


def sentence_views(answer: Answer, footnotes: Mapping[int, FootnoteView]) -> tuple[SentenceView, ...]:
    return tuple(
        SentenceView(
            index=index,
            text=sentence["text"],
            standing=sentence["standing"],
            standing_label=_LABELS[sentence["standing"]],
            reason=sentence["reason"],
            footnotes=tuple(footnotes[number] for number in sentence["citations"] if number in footnotes),
            short=sentence.get("short", ""),
        )
        for index, sentence in enumerate(answer.sentences)
    )

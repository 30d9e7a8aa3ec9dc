"""What would be answered from one document: the same search, ranking and threshold as the chat's, on its passages
alone. Nothing is saved."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assistant.configuration import in_force
from assistant.conversing.conversations import clean_question
from assistant.conversing.outlook import enough
from assistant.selection.choosing import choose
from assistant.selection.gathering import gather
from assistant.selection.ranking import Ranked
from knowledge.force import age_marks
from knowledge.labels import page_label
from knowledge.models import Document, is_replaced
from knowledge.search import search
from knowledge.tuning import using

_SEARCHED = 100  # passages of everything visible, of which this document's are kept


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Words that would be quoted, and where they stand."""

    words: str
    place: str
    url: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A question with what this document answers to it; without quotes it is silent about it."""

    question: str
    quotes: tuple[QuoteView, ...]


def preview(document_id: uuid.UUID, user: User, asked: str) -> Preview:
    """Searches as this person, who may see the document. Raises QuestionRefused or SearchUnavailable."""
    question = clean_question(asked)
    config = in_force()
    with using(config.tuning):
        result = search(question, user, _SEARCHED)
    evidence = [item for item in result.evidence if item.document_id == document_id][: config.passages]
    beside = [item for item in result.evidence if item.document_id != document_id]
    if not evidence:
        return Preview(question, ())
    material = gather(question, result, evidence)
    if not enough(material, config, beside):
        return Preview(question, ())
    document = Document.objects.get(pk=document_id)
    replaced = is_replaced(document_id, user)
    marks = age_marks(document.force, document.review_by, replaced, timezone.localdate())
    return Preview(question, tuple(_quote(choice.item, marks) for choice in choose(material)))


def _quote(item: Ranked, marks: tuple[str, ...]) -> QuoteView:
    evidence, unit = item.evidence, item.unit
    page = reverse("document_page", args=[evidence.document_id, evidence.version_number, evidence.page_number])
    return QuoteView(
        words=unit.shown,
        place=page_label(
            evidence.page_kind,
            evidence.page_number,
            evidence.page_label,
            evidence.heading_path,
            evidence.document_title,
        ),
        url=f"{page}?start={evidence.start + unit.start}&end={evidence.start + unit.end}",
        marks=marks,
    )

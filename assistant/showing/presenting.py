"""Answers as people are shown them. Every look asks again what this person may see: a text that rests on a document
they may no longer read is withheld, quotes and sentences alike."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assistant.answering.asking_back import ReadingView, reading_views
from assistant.answering.learning import may_see_correction
from assistant.conversing.conversations import Place
from assistant.generators.choices import Choice, choices
from assistant.models import Answer, Feedback, Turn
from assistant.modes import MODES
from assistant.modes.setting import Layout, set_out
from assistant.modes.tasks import documents_of
from assistant.showing.differences import DisagreementView, disagreement_views
from assistant.showing.footnotes import FootnoteView, SentenceView, footnote_views, replaced_among, sentence_views
from assistant.showing.making import Making, making
from assistant.sources import may_see
from assistant.verified.serving import standing_words
from knowledge.force import age_marks
from knowledge.labels import page_label
from knowledge.models import Document, Page, Passage
from knowledge.ownership import owner_of
from knowledge.typeset import plain

WITHHELD = "This answer rested on a document you can no longer read, so it is not shown."
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class SourceView:
    """A passage that was found and not used."""

    document_title: str
    collection: str
    page_label: str
    text: str
    url: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NearestView:
    """A document near the question, the place in it that came nearest with its words, and whom to ask."""

    title: str
    page_label: str
    url: str
    owner: str
    collection: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer, finished or not."""

    id: uuid.UUID
    state: str
    finished: bool
    events_url: str
    abstained: bool
    degraded: str
    notice: str
    withheld: bool
    sentences: tuple[SentenceView, ...] = ()
    layout: Layout[SentenceView] | None = None
    documents: tuple[Document, ...] = ()
    cited: tuple[FootnoteView, ...] = ()
    disagreements: tuple[DisagreementView, ...] = ()
    unused: tuple[SourceView, ...] = ()
    nearest: tuple[NearestView, ...] = ()
    asked_back: str = ""
    readings: tuple[ReadingView, ...] = ()
    steps: tuple[str, ...] = ()
    generator: str = ""
    others: tuple[Choice, ...] = ()
    seconds: float = 0.0
    made: Making | None = None
    feedback: Feedback | None = None
    verified: str = ""


class Sight(Protocol):
    """The part of an answer that somebody sees: numbers of sentences and of footnotes."""

    @property
    def sentences(self) -> frozenset[int]: ...

    @property
    def footnotes(self) -> frozenset[int]: ...


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question on the shown path with its latest answer, among the other ways it was asked."""

    turn: Turn
    mode: str
    documents: tuple[Document, ...]
    answer: AnswerView | None
    position: int
    siblings: int
    previous_url: str | None
    next_url: str | None
    editable: bool


def present_turn(place: Place, user: User) -> TurnView:
    """A turn of this person's own conversation."""
    latest = place.turn.answers.select_related("correction__answer").order_by("-created").first()
    at, siblings = place.position - 1, place.siblings
    return TurnView(
        turn=place.turn,
        mode=MODES[place.turn.mode].name if place.turn.mode in MODES else "",
        documents=tuple(documents_of(place.turn, user)),
        answer=present(latest, user) if latest else None,
        position=place.position,
        siblings=len(siblings),
        previous_url=_branch_url(siblings[at - 1]) if at > 0 else None,
        next_url=_branch_url(siblings[at + 1]) if at + 1 < len(siblings) else None,
        editable=latest is None or latest.finished_state,
    )


def _branch_url(turn: Turn) -> str:
    return f"{reverse('conversation', args=[turn.conversation_id])}?branch={turn.pk}"


def present(answer: Answer, user: User, seen: Sight | None = None) -> AnswerView:
    """The answer as this person may see it now. The caller has checked that they may see the answer at all; ``seen``
    is the part that was found to be open to them, where that is not all or nothing."""
    finished = answer.finished_state
    withheld = seen is None and not may_see(answer, user)
    view: dict[str, Any] = {
        "id": answer.pk,
        "state": answer.state,
        "finished": finished,
        "events_url": reverse("answer_events", args=[answer.pk]),
        "degraded": answer.degraded,
        "steps": tuple(answer.steps),
        "generator": answer.generator,
        "others": tuple(choice for choice in choices() if choice.key != answer.generator),
        "seconds": round(answer.timings_ms.get("total", 0.0) / 1000, 2),
        "feedback": answer.feedback.filter(user=user).first() if finished else None,
    }
    if withheld:
        return AnswerView(**view, abstained=False, notice=WITHHELD, withheld=True)
    found = _found(answer, user) if finished else []
    footnotes = footnote_views(answer, user)
    sentences = sentence_views(answer, footnotes)
    if seen is not None:
        footnotes = {number: note for number, note in footnotes.items() if number in seen.footnotes}
        sentences = tuple(sentence for sentence in sentences if sentence.index in seen.sentences)
    documents = documents_of(answer.turn, user)
    return AnswerView(
        **view,
        abstained=answer.abstained,
        notice=" ".join(part for part in (answer.notice, _correction(answer, user)) if part),
        withheld=False,
        made=making(answer) if finished else None,
        verified=standing_words(answer.verified, user) if answer.verified is not None else "",
        sentences=sentences,
        layout=_layout(answer, sentences, documents) if finished else None,
        documents=tuple(documents),
        cited=tuple(footnotes.values()),
        disagreements=disagreement_views(answer, footnotes),
        unused=() if answer.abstained else _unused(found, user),
        nearest=_nearest(answer, found) if answer.abstained and not answer.asked_back else (),
        asked_back=answer.asked_back,
        readings=reading_views(answer, user) if answer.asked_back and finished else (),
    )


def _layout(
    answer: Answer, sentences: Sequence[SentenceView], readable: Sequence[Document]
) -> Layout[SentenceView] | None:
    if not answer.layout:
        return None
    shown = {sentence.index: sentence for sentence in sentences}
    return set_out(answer.layout, answer.turn.params, shown, {str(document.pk) for document in readable})


def _found(answer: Answer, user: User) -> list[tuple[Passage, bool]]:
    """Passages that were found, in rank order, with whether they were used; those still visible only."""
    used = {row["passage_id"]: row["used"] for row in answer.retrieved}
    rows = (
        Passage.objects.visible_to(user)
        .filter(pk__in=used)
        .select_related("page", "version__document__collection__owner", "version__document__owner")
        .defer("vector", "page__text")
    )
    by_id = {row.pk: row for row in rows}
    return [(by_id[pk], flag) for pk, flag in used.items() if pk in by_id]


def _unused(found: Sequence[tuple[Passage, bool]], user: User) -> tuple[SourceView, ...]:
    documents = {row.version.document_id: row.version.document for row, _ in found}
    replaced = replaced_among(documents.values(), user)
    today = timezone.localdate()
    marks = {pk: age_marks(row.force, row.review_by, pk in replaced, today) for pk, row in documents.items()}
    return tuple(
        SourceView(
            document_title=row.version.document.title,
            collection=row.version.document.collection.name,
            page_label=_label(row),
            text=plain(row.text),
            url=_place_url(row),
            marks=marks[row.version.document_id],
        )
        for row, used in found
        if not used
    )


def _label(row: Passage) -> str:
    return page_label(row.page.kind, row.page.number, row.page.label, row.heading_path, row.version.document.title)


def _place_url(row: Passage, start: int | None = None, end: int | None = None) -> str:
    """Of these words on the passage's page, or of the whole passage."""
    page = reverse("document_page", args=[row.version.document_id, row.version.number, row.page.number])
    return f"{page}?start={row.start if start is None else start}&end={row.end if end is None else end}"


def _nearest(answer: Answer, found: Sequence[tuple[Passage, bool]]) -> tuple[NearestView, ...]:
    """The documents whose words came nearest first, each once; then those of which nothing could be quoted."""
    places = {row["passage_id"]: row["nearest"] for row in answer.retrieved if "nearest" in row}
    rows = sorted((row for row, _ in found), key=lambda row: places[row.pk]["rank"] if row.pk in places else math.inf)
    nearest: dict[uuid.UUID, Passage] = {}
    for row in rows:
        nearest.setdefault(row.version.document_id, row)
    chosen = list(nearest.values())[:_NEAREST]
    texts = dict(Page.objects.filter(pk__in=[row.page_id for row in chosen]).values_list("pk", "text"))
    return tuple(_nearest_view(row, places.get(row.pk), texts[row.page_id]) for row in chosen)


def _nearest_view(row: Passage, place: Mapping[str, int] | None, text: str) -> NearestView:
    document = row.version.document
    owner = str(owner_of(document) or "")
    start, end = (place["start"], place["end"]) if place else (None, None)
    return NearestView(
        title=document.title,
        page_label=_label(row),
        url=_place_url(row, start, end),
        owner=owner,
        collection=document.collection.name,
        words=plain(text[start:end]) if place else "",
    )


def _correction(answer: Answer, user: User) -> str:
    """A reviewer's words about the same question, while this person may see what they rest on."""
    review = answer.correction
    if review is None or not may_see_correction(review, user):
        return ""
    return f"A reviewer noted on this question: {review.correction}"

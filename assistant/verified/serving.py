"""Saying a verified answer again, with its footnotes, to somebody who may see everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from assistant.answering.grounding import Verdict
from assistant.answering.recording import Quote
from assistant.models import Answer, VerifiedAnswer, VerifiedCitation
from assistant.verified import matching
from knowledge.models import Document, Passage, replaced_for
from knowledge.search import UNASKED, Evidence, evidence_of

GENERATOR = "verified"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a verified answer with its quotes, ready to be said."""

    text: str
    verdict: Verdict
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Served:
    row: VerifiedAnswer
    lines: tuple[Line, ...]


def answer_for(answer: Answer, user: User) -> Served | None:
    """What is said instead of searching for sentences; None when nothing verified answers this for this person, when
    they chose whom to ask, or when the answerer is measured."""
    if answer.wanted or answer.apart:
        return None
    row = matching.find(answer.searched_as or answer.turn.question, user)
    lines = _lines(row, user) if row is not None else None
    return Served(row, tuple(lines)) if row is not None and lines else None


def note(served: Served, answer: Answer) -> None:
    """Whose words these are."""
    answer.verified, answer.generator, answer.prompt_version = served.row, GENERATOR, ""
    VerifiedAnswer.objects.filter(pk=served.row.pk).update(served=F("served") + 1)


def _lines(row: VerifiedAnswer, user: User) -> list[Line] | None:
    """None when a quote cannot be placed in a passage any more."""
    quotes: dict[int, Quote] = {}
    evidence = _evidence(row, user)
    for citation in row.citations.all():
        found = _quote(citation, evidence)
        if found is None:
            return None
        quotes[citation.number] = found
    return [
        Line(
            sentence["text"],
            Verdict(sentence["standing"], sentence["reason"], settled=True),
            tuple(quotes[number] for number in sentence["citations"]),
        )
        for sentence in row.sentences
    ]


def _evidence(row: VerifiedAnswer, user: User) -> list[Evidence]:
    """Passages of the cited pages that this person may see, of the current versions."""
    pages = {citation.page_id for citation in row.citations.all()}
    rows = (
        Passage.objects.visible_to(user)
        .searchable()
        .filter(page__in=pages)
        .select_related("page", "version__document__collection")
        .defer("vector", "page__text")
    )
    found = list(rows)
    documents = {one.version.document_id for one in found}
    replaced = set(Document.objects.filter(pk__in=documents).filter(replaced_for(user)).values_list("pk", flat=True))
    return [evidence_of(one, UNASKED, superseded=one.version.document_id in replaced) for one in found]


def _quote(citation: VerifiedCitation, evidence: list[Evidence]) -> Quote | None:
    """The passage it was cut from; when the page was split anew, whichever holds these characters."""
    fitting: Mapping[bool, Evidence] = {
        item.passage_id == citation.passage_id: item
        for item in evidence
        if item.page_id == citation.page_id and item.start <= citation.start and citation.end <= item.end
    }
    item = fitting.get(True) or fitting.get(False)
    if item is None:
        return None
    return Quote(item, citation.start - item.start, citation.end - item.start)


def standing_words(row: VerifiedAnswer, user: User) -> str:
    """By whom and when, and whether that still holds for this person."""
    by = str(row.by) if row.by is not None else "a reviewer"
    said, why = f"Verified by {by} on {timezone.localtime(row.at):%-d %B %Y}", why_told(row, user)
    if row.state == VerifiedAnswer.State.IN_FORCE and not why:
        return f"{said}."
    return f"{said}. It no longer holds: {why or 'it was taken back.'}"


def why_told(row: VerifiedAnswer, user: User) -> str:
    """Why it no longer holds, in words; "" when it does. A replacement that this person may not read is none for
    them."""
    if row.why == VerifiedAnswer.Why.SUPERSEDED:
        cited = Document.objects.filter(pk__in=row.citations.values("document"))
        if not cited.filter(replaced_for(user)).exists():
            return ""
    return str(row.get_why_display()) if row.why else ""

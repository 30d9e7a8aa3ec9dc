"""Making an answer verified: confirmed as it was given, or written anew by a reviewer with footnotes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from assistant.answering.citations import parse_sentence
from assistant.answering.grounding import Verdict
from assistant.answering.recording import Quote
from assistant.answering.tying import tie_to
from assistant.errors import ReviewRefused
from assistant.models import Answer, Standing, VerifiedAnswer, VerifiedCitation
from assistant.reviewing.wording import Wording, wording
from assistant.selection.vectors import vectors_of
from assistant.sources import rests_on
from assistant.verified import lapsing
from knowledge.embedding import get_embedder
from knowledge.embedding.stored import as_bytes
from knowledge.errors import SearchUnavailable
from knowledge.models import Document, Passage, replaced_for
from knowledge.search import UNASKED, Evidence, evidence_of

LONGEST_TEXT = 6000  # characters
LONGEST_QUESTION = 500
MOST_PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of a draft with the quotes found for it and how it stands to them."""

    text: str
    verdict: Verdict
    quotes: tuple[Quote, ...]

    @property
    def holds(self) -> bool:
        return bool(self.quotes) and self.verdict.standing != Standing.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reviewer wrote: one sentence after the other with markers [n] of the picked passages, in their order."""

    question: str
    text: str
    passages: tuple[int, ...]


def passages(ids: Sequence[int], reviewer: User) -> list[Evidence]:
    """Those of these passages that this reviewer may read and that are current, in the given order."""
    rows = (
        Passage.objects.visible_to(reviewer)
        .searchable()
        .filter(pk__in=list(ids)[:MOST_PASSAGES])
        .select_related("page", "version__document__collection")
        .defer("vector", "page__text")
    )
    by_id = {row.pk: row for row in rows}
    documents = Document.objects.filter(pk__in={row.version.document_id for row in by_id.values()})
    replaced = set(documents.filter(replaced_for(reviewer)).values_list("pk", flat=True))
    found = [by_id[pk] for pk in ids if pk in by_id]
    return [evidence_of(row, UNASKED, superseded=row.version.document_id in replaced) for row in found]


def check(draft: Draft, supplied: Sequence[Evidence]) -> list[Checked]:
    """Every sentence of a draft tied to the picked passages and judged, as every answer is."""
    checked = []
    for line in _plain(draft.text)[:LONGEST_TEXT].splitlines():
        raw = parse_sentence(line)
        if raw is not None:
            quotes, verdict = tie_to(supplied, raw)
            checked.append(Checked(raw.text, verdict, tuple(quotes)))
    return checked


def correct(draft: Draft, reviewer: User, answer: Answer | None) -> VerifiedAnswer:
    """Keeps a draft as a verified answer. Raises ReviewRefused with what to change.

    ``answer`` is the one it corrects; every earlier verified answer made from it gives way.
    """
    question = _question(draft.question)
    if len(_plain(draft.text)) > LONGEST_TEXT:
        raise ReviewRefused(f"Write at most {LONGEST_TEXT} characters. Nothing is saved yet; what you wrote is below.")
    supplied = passages(draft.passages, reviewer)
    if len(supplied) < len(draft.passages):
        raise ReviewRefused("A passage that you picked can no longer be cited. Look at the numbers again.")
    checked = check(draft, supplied)
    if not checked:
        raise ReviewRefused("Write what the answer should say, one sentence a line.")
    if bad := next((one for one in checked if not one.holds), None):
        raise ReviewRefused(f"“{bad.text[:120]}” is not borne out: {bad.verdict.reason or 'no passage was cited.'}")
    with transaction.atomic():
        row = _keep(question, VerifiedAnswer.Kind.CORRECTED, reviewer, answer)
        numbers: dict[tuple[int, int, int], int] = {}
        for one in checked:
            for quote in one.quotes:
                _cite(row, quote, numbers)
            cited = list(dict.fromkeys(numbers[quote.place] for quote in one.quotes))
            row.sentences.append(_sentence(one.text, one.verdict.standing, one.verdict.reason, cited))
        row.save()
        sources = {quote.evidence.document_id for one in checked for quote in one.quotes}
        if answer is not None and question == " ".join((offered := wording(answer, reviewer)).question.split()):
            sources |= offered.sources
        row.sources.set(Document.objects.filter(pk__in=sources))
    return row


def confirm(answer: Answer, reviewer: User, question: str = "") -> VerifiedAnswer:
    """Keeps an answer as it was given. Raises ReviewRefused when not every sentence was found supported by them."""
    verdicts = dict(answer.reviews.filter(reviewer=reviewer).values_list("sentence", "verdict"))
    every = range(len(answer.sentences))
    if not answer.sentences or any(verdicts.get(index) != Standing.SUPPORTED for index in every):
        raise ReviewRefused("Only an answer whose every sentence is supported can be served again. Correct it instead.")
    if any(not sentence["citations"] for sentence in answer.sentences) or answer.layout:
        raise ReviewRefused("Only an answer to a question, with a footnote to every sentence, can be served again.")
    offered = Wording(question) if question else wording(answer, reviewer)
    with transaction.atomic():
        row = _keep(_question(offered.question), VerifiedAnswer.Kind.CONFIRMED, reviewer, answer)
        for cited in answer.citations.all():
            VerifiedCitation.objects.create(
                verified=row, number=cited.number, passage_id=cited.passage_id, document_id=cited.document_id,
                version_id=cited.version_id, page_id=cited.page_id, start=cited.start, end=cited.end,
                quote=cited.quote,
            )
        row.sentences = [_sentence(s["text"], Standing.SUPPORTED, "", s["citations"]) for s in answer.sentences]
        row.save()
        row.sources.set(Document.objects.filter(pk__in=rests_on(answer) | offered.sources))
    return row


def _plain(text: str) -> str:
    """As it was typed: browsers count the end of a line once and send two characters."""
    return text.replace("\0", "").replace("\r\n", "\n")


def _question(text: str) -> str:
    question = " ".join(text.replace("\0", "").split())
    if not question or len(question) > LONGEST_QUESTION:
        raise ReviewRefused(f"Write the question it answers, in at most {LONGEST_QUESTION} characters.")
    return question


def _keep(question: str, kind: VerifiedAnswer.Kind, reviewer: User, answer: Answer | None) -> VerifiedAnswer:
    if answer is not None:
        for earlier in VerifiedAnswer.objects.filter(answer=answer, state=VerifiedAnswer.State.IN_FORCE):
            lapsing.end(earlier, VerifiedAnswer.State.WITHDRAWN, VerifiedAnswer.Why.RENEWED)
    vector, model = embedded(question)
    row = VerifiedAnswer.objects.create(
        question=question, vector=vector, model_id=model, kind=kind, answer=answer, by=reviewer,
        origin=_origin(question, answer),
    )
    audit.record(reviewer, "verified.kept", row, kind=str(kind))
    return row


def _origin(question: str, answer: Answer | None) -> User | None:
    """The asker, when the question is still in their own words, which go when they are erased."""
    if answer is None:
        return None
    own = (" ".join(text.split()).casefold() for text in (answer.searched_as, answer.turn.question))
    return answer.turn.conversation.user if question.casefold() in own else None


def embedded(question: str) -> tuple[bytes, str]:
    """The question's vector and the model's id; nothing without the model: then only the same words match."""
    try:
        return as_bytes(vectors_of([question])[0]), get_embedder().model_id
    except SearchUnavailable:
        return b"", ""


def _sentence(text: str, standing: str, reason: str, cited: Sequence[int]) -> dict[str, object]:
    return {"text": text, "standing": str(standing), "reason": reason, "citations": list(cited)}


def _cite(row: VerifiedAnswer, quote: Quote, numbers: dict[tuple[int, int, int], int]) -> None:
    if quote.place in numbers:
        return
    page, start, end = quote.place
    numbers[quote.place] = len(numbers) + 1
    VerifiedCitation.objects.create(
        verified=row, number=numbers[quote.place], passage_id=quote.evidence.passage_id,
        document_id=quote.evidence.document_id, version_id=quote.evidence.version_id, page_id=page, start=start,
        end=end, quote=quote.text,
    )  # fmt: skip

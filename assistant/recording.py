"""What is kept of an answer, written as it comes about, so that a crash loses nothing that was said."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts import audit
from assistant.events import Cited, Event, Said
from assistant.grounding import Verdict
from assistant.models import Answer, Citation, Standing
from knowledge.labels import page_label
from knowledge.search import Evidence

_WRITTEN_BY_OTHERS = {"id", "turn", "created", "stop_requested", "followed", "beat"}
_CHARACTERS_PER_TOKEN = 4  # an estimate, for endpoints that do not count


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a supplied passage: ``evidence.text[start:end]``."""

    evidence: Evidence
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.evidence.text[self.start : self.end]

    @property
    def place(self) -> tuple[int, int, int]:
        """Page and offsets in its text."""
        return self.evidence.page_id, self.evidence.start + self.start, self.evidence.start + self.end


class Recorder:
    """Writes one answer. Footnotes are numbered in the order they are first used; the same words keep their number."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._started = time.perf_counter()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - started) * 1000
            self.answer.timings_ms[name] = round(self.answer.timings_ms.get(name, 0.0) + spent, 2)

    def retrieved(self, evidence: Sequence[Evidence], supplied: Collection[int] = ()) -> None:
        """Ids and scores only: titles and texts are read again, under the read rule, when they are shown."""
        self.answer.retrieved = [
            {
                "passage_id": item.passage_id,
                "document_id": str(item.document_id),
                "score": round(item.score, 6),
                "used": False,
                "supplied": item.passage_id in supplied,
            }
            for item in evidence
        ]

    def say(self, text: str, verdict: Verdict, quotes: Sequence[Quote]) -> list[Event]:
        """Saves a sentence with its footnotes and gives the events that tell of it."""
        events: list[Event] = []
        numbers: list[int] = []
        for quote in quotes:
            if quote.place not in self._numbers:
                events.append(self._cite(quote))
            if self._numbers[quote.place] not in numbers:
                numbers.append(self._numbers[quote.place])
        answer = self.answer
        index = len(answer.sentences)
        answer.sentences.append(
            {"text": text, "standing": verdict.standing, "reason": verdict.reason, "citations": numbers}
        )
        answer.text = " ".join(sentence["text"] for sentence in answer.sentences)
        answer.sentence_count = index + 1
        answer.save(update_fields=["sentences", "sentence_count", "text", "retrieved"])
        label = str(Standing(verdict.standing).label)
        passages = tuple(quote.evidence.passage_id for quote in quotes)
        events.append(Said(index, text, verdict.standing, label, verdict.reason, tuple(numbers), passages))
        return events

    def _cite(self, quote: Quote) -> Cited:
        source, (page, start, end) = quote.evidence, quote.place
        number = self._numbers[quote.place] = len(self._numbers) + 1
        row = Citation.objects.create(
            answer=self.answer,
            number=number,
            passage_id=source.passage_id,
            document_id=source.document_id,
            version_id=source.version_id,
            page_id=page,
            start=start,
            end=end,
            quote=quote.text,
            quote_hash=hashlib.sha256(quote.text.encode()).hexdigest(),
        )
        for item in self.answer.retrieved:
            item["used"] = item["used"] or item["passage_id"] == source.passage_id
        return Cited(
            n=number,
            document=source.document_title,
            page_label=page_label(
                source.page_kind, source.page_number, source.page_label, source.heading_path, source.document_title
            ),
            quote=quote.text,
            url=reverse("citation", args=[row.pk]),
            passages=(source.passage_id,),
        )

    def count_tokens(self, read: str, said: str) -> None:
        self.answer.tokens_in = len(read) // _CHARACTERS_PER_TOKEN
        self.answer.tokens_out = len(said) // _CHARACTERS_PER_TOKEN

    def finish(self, state: Answer.State, notice: str = "") -> None:
        """Writes everything. An answer whose conversation was deleted meanwhile stays deleted."""
        answer = self.answer
        answer.state = state
        answer.notice = " ".join(part for part in (answer.notice, notice) if part)
        answer.finished = timezone.now()
        answer.timings_ms["total"] = round((time.perf_counter() - self._started) * 1000, 2)
        written = {field.name for field in Answer._meta.concrete_fields} - _WRITTEN_BY_OTHERS
        if Answer.objects.filter(pk=answer.pk).exists():
            answer.save(update_fields=sorted(written))
            shown = [row["passage_id"] for row in answer.retrieved]
            audit.record(answer.turn.conversation.user, "answer.given", answer, passages=shown)

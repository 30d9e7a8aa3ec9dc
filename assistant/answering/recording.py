"""What is kept of an answer, written as it comes about, so that a crash loses nothing that was said."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts import audit
from assistant.answering.disagreement import Disagreement
from assistant.answering.events import Cited, Event, Said
from assistant.answering.grounding import Verdict
from assistant.endpoints.calls import Journal, total
from assistant.models import Answer, Citation, Standing
from assistant.selection.choosing import Material
from knowledge.labels import page_label
from knowledge.search import Evidence

_WRITTEN_BY_OTHERS = {"id", "turn", "created", "stop_requested", "followed", "beat", "apart", "fed"}


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


def _retrieved(item: Evidence) -> dict[str, Any]:
    return {
        "passage_id": item.passage_id,
        "document_id": str(item.document_id),
        "version_id": item.version_id,
        "score": round(item.score, 6),
        "dense": round(item.dense, 6),
        "lexical": round(item.lexical, 6),
        "used": False,
        "supplied": False,
    }


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
        self.answer.retrieved = [{**_retrieved(item), "supplied": item.passage_id in supplied} for item in evidence]

    def nearest(self, material: Material) -> None:
        """The place of each passage's likeliest words, ``nearest``: {rank, start, end}, offsets in the page's text."""
        places: dict[int, dict[str, int]] = {}
        for rank, item in enumerate(material.ranked):
            start = item.evidence.start + item.unit.start
            place = {"rank": rank, "start": start, "end": start + item.unit.end - item.unit.start}
            places.setdefault(item.evidence.passage_id, place)
        for row in self.answer.retrieved:
            if row["passage_id"] in places:
                row["nearest"] = places[row["passage_id"]]

    def supplied(self, evidence: Sequence[Evidence]) -> None:
        """Adds what a model is given besides; an answer in parts is given one part after the other."""
        known = {item["passage_id"]: item for item in self.answer.retrieved}
        for item in evidence:
            known.setdefault(item.passage_id, _retrieved(item))["supplied"] = True
        self.answer.retrieved = list(known.values())

    def say(self, text: str, verdict: Verdict, quotes: Sequence[Quote], short: str = "") -> list[Event]:
        """Saves a sentence with its footnotes and gives the events that tell of it. ``short``: the part of it that is
        the answer in a word."""
        events: list[Event] = []
        numbers: list[int] = []
        for quote in quotes:
            number, cited = self.footnote(quote)
            events += [cited] if cited else []
            if number not in numbers:
                numbers.append(number)
        answer = self.answer
        index = len(answer.sentences)
        answer.sentences.append(
            {"text": text, "standing": verdict.standing, "reason": verdict.reason, "citations": numbers, "short": short}
        )
        answer.text = " ".join(sentence["text"] for sentence in answer.sentences)
        answer.sentence_count = index + 1
        answer.save(update_fields=["sentences", "sentence_count", "text", "retrieved"])
        label = str(Standing(verdict.standing).label)
        passages = tuple(quote.evidence.passage_id for quote in quotes)
        events.append(Said(index, text, verdict.standing, label, verdict.reason, tuple(numbers), passages, short))
        return events

    def footnote(self, quote: Quote) -> tuple[int, Cited | None]:
        """The number of a quote, and the event that tells of it when it is new."""
        if quote.place in self._numbers:
            return self._numbers[quote.place], None
        cited = self._cite(quote)
        return cited.n, cited

    def differ(self, found: Disagreement) -> list[Event]:
        """Saves where documents differ, each side with a footnote, and gives the events of the new footnotes."""
        events: list[Event] = []
        sides = []
        for side, said in zip(found.sides, found.said, strict=True):
            number, cited = self.footnote(Quote(side.evidence, side.unit.start, side.unit.end))
            events += [cited] if cited else []
            sides.append({"citation": number, "said": said})
        self.answer.disagreements.append({"kind": found.kind, "scoped": found.scoped, "sides": sides})
        self.answer.save(update_fields=["disagreements", "retrieved"])
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
        if all(item["passage_id"] != source.passage_id for item in self.answer.retrieved):
            self.answer.retrieved.append(_retrieved(source))
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

    def has_said(self, text: str) -> bool:
        return any(said["text"] == text for said in self.answer.sentences)

    def is_shown(self, place: tuple[int, int, int]) -> bool:
        """Whether a supported sentence has most of these words as its footnote already."""
        supported = [said for said in self.answer.sentences if said["standing"] == Standing.SUPPORTED]
        good = {number for said in supported for number in said["citations"]}
        page, start, end = place
        return any(
            number in good and there == page and min(end, last) - max(start, first) > (end - start) / 2
            for (there, first, last), number in self._numbers.items()
        )

    def account(self, journal: Journal) -> None:
        """What language models were asked for this answer, by whom its words are, and what it took."""
        answer, calls = self.answer, journal.calls
        answer.calls = [call.as_json() for call in calls]
        answer.tokens_in = sum(call.tokens_in for call in calls)
        answer.tokens_out = sum(call.tokens_out for call in calls)
        answer.tokens_estimated = any(call.estimated for call in calls)
        answer.cost, answer.currency = total(calls)
        if (call := journal.answering) is not None:
            answer.generator = answer.endpoint = call.endpoint
            answer.model, answer.first_token_ms = call.model, call.first_token_ms

    def finish(self, state: Answer.State, notice: str = "") -> None:
        """Writes everything. An answer whose conversation was deleted meanwhile stays deleted."""
        answer = self.answer
        answer.state = state
        answer.notice = " ".join(part for part in (answer.notice, notice) if part)
        answer.finished = timezone.now()
        answer.timings_ms["total"] = round((time.perf_counter() - self._started) * 1000, 2)
        written = {field.name for field in Answer._meta.concrete_fields} - _WRITTEN_BY_OTHERS
        if not Answer.everything.filter(pk=answer.pk).exists():
            return
        answer.save(update_fields=sorted(written))
        if not answer.apart:  # nobody asked for it and nobody is shown it: who looks at it later leaves a line
            shown = [row["passage_id"] for row in answer.retrieved]
            audit.record(answer.turn.conversation.user, "answer.given", answer, passages=shown)

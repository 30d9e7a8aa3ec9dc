"""Every question of a data set, searched and answered on the very road of the product."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from accounts.models import User
from assistant.answering.answer import answer as answering
from assistant.conversing.conversations import ask, delete, earlier_exchanges, remember
from assistant.models import Answer, Conversation
from config.evaluation import measures
from config.evaluation.datasets import Dataset, DatasetQuestion
from config.evaluation.loading import Atlas
from config.evaluation.measures import Span
from knowledge.candidates import Ways
from knowledge.search import Evidence, search

DEEPEST = 100  # documents looked at
_FEW, _MANY = 5, 64  # passages whose characters are measured
_PASSAGES = 400  # searched for, so that a hundred documents are among them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question; None where the set cannot tell. ``*_alone``: with one way of searching only, when
    that was asked for."""

    id: str
    kind: str
    answerable: bool
    ndcg_10: float | None
    recall_1: float | None
    recall_5: float | None
    recall_10: float | None
    recall_100: float | None
    span_recall_5: float | None
    span_precision_5: float | None
    span_iou_5: float | None
    span_recall_64: float | None
    precision_1: float | None
    quote_right: bool | None
    abstained: bool
    confidence: float
    milliseconds: float
    ndcg_10_meaning_alone: float | None = None
    ndcg_10_words_alone: float | None = None
    signs: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extras:
    """What is done beyond the figures. ``compare``: each way of searching is measured alone as well; ``everything``:
    nothing is held back, and the result has ``examples``, the signs and labels of each question."""

    compare: bool = False
    everything: bool = False

    @property
    def options(self) -> list[str]:
        """As options of the command."""
        return [f"--{name}" for name, wanted in asdict(self).items() if wanted]


PLAIN = Extras()


@dataclass(frozen=True, slots=True)
class Examiner:
    """Who asks, where the gold lies, and what is measured besides."""

    user: User
    atlas: Atlas
    extras: Extras = PLAIN


def ask_all(dataset: Dataset, examiner: Examiner, notes: Path, progress: Callable[[int], None]) -> Iterator[Outcome]:
    """Outcomes in order. ``notes`` keeps each as a line, so that an interrupted run goes on where it was."""
    known = _noted(notes)
    with notes.open("a", encoding="utf-8") as stream:
        for done, question in enumerate(dataset.questions, start=1):
            outcome = known.get(question.id)
            if outcome is None:
                outcome = _outcome(question, examiner)
                stream.write(json.dumps(asdict(outcome)) + "\n")
                stream.flush()
            progress(done)
            yield outcome


def _noted(notes: Path) -> dict[str, Outcome]:
    known: dict[str, Outcome] = {}
    if notes.is_file():
        for line in notes.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # the line that was being written when the run ended
                row = json.loads(line)
                known[row["id"]] = Outcome(**row)
    return known


def _outcome(question: DatasetQuestion, examiner: Examiner) -> Outcome:
    user = examiner.user
    conversation = Conversation.objects.create(user=user, title="Evaluation")
    try:
        for said in question.earlier:
            remember(conversation, said.question, said.answer)
        given = ask(user, question.question, conversation)
        for _event in answering(given.pk):
            pass
        given.refresh_from_db()
        evidence = search(given.turn.question, user, _PASSAGES, earlier_exchanges(given.turn)).evidence
        outcome = _judge(question, given, evidence, examiner.atlas)
        if examiner.extras.compare and question.answerable and question.gold_documents:
            return replace(
                outcome,
                ndcg_10_meaning_alone=_alone(Ways.MEANING, question, given, examiner),
                ndcg_10_words_alone=_alone(Ways.WORDS, question, given, examiner),
            )
        return outcome
    finally:
        delete(conversation)


def _alone(way: Ways, question: DatasetQuestion, given: Answer, examiner: Examiner) -> float:
    """nDCG@10 of one way of searching by itself."""
    evidence = search(given.turn.question, examiner.user, _PASSAGES, earlier_exchanges(given.turn), way).evidence
    return measures.ndcg(_documents(evidence, examiner.atlas), question.gold_documents)


def _judge(question: DatasetQuestion, given: Answer, evidence: Sequence[Evidence], atlas: Atlas) -> Outcome:
    ranked = _documents(evidence, atlas)
    gold = question.gold_documents if question.answerable else ()
    spans = atlas.gold(question) if question.answerable else []
    found = [atlas.place(item.document_id, item.page_id, item.start, item.end) for item in evidence[:_MANY]]
    few = measures.overlap(found[:_FEW], spans) if spans else None
    return Outcome(
        id=question.id,
        kind=question.kind,
        answerable=question.answerable,
        ndcg_10=measures.ndcg(ranked, gold) if gold else None,
        recall_1=measures.recall(ranked, gold, 1) if gold else None,
        recall_5=measures.recall(ranked, gold, 5) if gold else None,
        recall_10=measures.recall(ranked, gold, 10) if gold else None,
        recall_100=measures.recall(ranked, gold, DEEPEST) if gold else None,
        span_recall_5=few.recall if few else None,
        span_precision_5=few.precision if few else None,
        span_iou_5=few.iou if few else None,
        span_recall_64=measures.overlap(found, spans).recall if spans else None,
        precision_1=measures.overlap(found[:1], spans).precision if spans else None,
        quote_right=_quotes_right(given, spans, atlas) if spans else None,
        abstained=given.abstained,
        confidence=given.confidence or 0.0,
        milliseconds=float(given.timings_ms.get("total", 0.0)),
        signs=given.signs,
    )


def _documents(evidence: Sequence[Evidence], atlas: Atlas) -> list[str]:
    """Documents of the set in the order of their best passage."""
    ranked: dict[str, None] = {}
    for item in evidence:
        ranked.update(dict.fromkeys(atlas.ids_of(item.document_id)))
    return list(ranked)


def _quotes_right(given: Answer, gold: Sequence[Span], atlas: Atlas) -> bool:
    cited = [atlas.place(row.document_id, row.page_id, row.start, row.end) for row in given.citations.all()]
    return any(measures.right_place(quote, span) for quote in cited for span in gold)

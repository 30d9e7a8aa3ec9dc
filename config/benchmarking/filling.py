"""Fills an empty database in bulk: people, documents, answers of a year, what was said of them, and a trail."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Notice, NoticeKind, User
from assistant.models import (
    Answer,
    Citation,
    Conversation,
    Feedback,
    Gap,
    GapNear,
    GapQuestion,
    Review,
    Share,
    Standing,
    Turn,
)
from config.benchmarking.filling_reviews import fill_reviews
from ingest.models import IngestJob
from knowledge.models import Collection, Document, DocumentVersion, Grant, Page, Passage

_PEOPLE, _SHELVES = 200, 8
_BATCH = 2000
_DIMENSION = 384
_ACTIONS = ("answer.given", "document.read", "page.read", "conversation.read", "session.ended", "document.changed")
_NOW = timezone.now()
_dice = random.Random(7)  # noqa: S311  # the same content every time, and no secret


def fill(answers: int, lines: int) -> None:
    people = _people()
    documents = _documents(people, max(8, answers // 50))
    fill_reviews(_bulk, _answers(answers, people, documents), answers)
    _notices(people, answers // 5)
    _trail(lines, people)
    with connection.cursor() as cursor:
        # What the autovacuum of a PostgreSQL in use has long done.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _bulk(rows: Iterator[models.Model], model: type[models.Model]) -> None:
    batch: list[Any] = []
    manager: QuerySet[Any] = QuerySet(model)
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            manager.bulk_create(batch)
            batch = []
    manager.bulk_create(batch)


def _before(days: float) -> datetime:
    return _NOW - timedelta(days=days)


def _people() -> list[User]:
    named = {"alice": User.Role.READER, "rita": User.Role.REVIEWER, "ada": User.Role.ADMINISTRATOR}
    for name, role in named.items():
        User.objects.create(username=name, role=role, email=f"{name}@example.org")
    _bulk((User(username=f"person{n}") for n in range(_PEOPLE)), User)
    return list(User.objects.order_by("pk"))


def _documents(people: list[User], count: int) -> list[Document]:
    shelves = [Collection.objects.create(name=f"Shelf {n}", slug=f"shelf-{n}") for n in range(_SHELVES)]
    for number, shelf in enumerate(shelves):
        if number:  # the first is open to its curator only: lists leave rows out for everybody else
            Grant.objects.create(collection=shelf, everyone=True)
        Grant.objects.create(collection=shelf, user=people[0], role=Grant.Role.CURATOR)
    made = [
        Document(
            collection=shelves[n % _SHELVES], name=f"{n}.md", title=f"Document {n}",
            owner=people[0] if n % 10 == 0 else None,
            review_by=_before(n % 400 - 200).date() if n % 10 == 0 else None,
        )
        for n in range(count)
    ]  # fmt: skip
    _bulk(iter(made), Document)
    ready = DocumentVersion.State.READY
    _bulk((DocumentVersion(document=d, number=1, sha256=d.name, filename=d.name, size=9, state=ready) for d in made),
          DocumentVersion)  # fmt: skip
    versions = list(DocumentVersion.objects.order_by("pk"))
    for document, version in zip(made, versions, strict=True):
        document.current = version
    for at in range(0, len(made), 500):
        Document.objects.bulk_update(made[at : at + 500], ["current"])
    _bulk((Page(version=v, number=1, text="Words of it.") for v in versions), Page)
    _bulk((_passage(page) for page in Page.objects.order_by("pk")), Passage)
    done = IngestJob.State.DONE
    _bulk((IngestJob(version=v, state=done, uploaded_by=people[0], finished=_NOW) for v in versions), IngestJob)
    return made


def _passage(page: Page) -> Passage:
    return Passage(
        version_id=page.version_id, page=page, ordinal=0, start=0, end=12, text="Words of it.", chunker="1",
        model_id="m", input_hash=str(page.pk), vector=b"\0" * 4 * _DIMENSION,
    )  # fmt: skip


def _answers(count: int, people: list[User], documents: list[Document]) -> list[Answer]:
    """Those that say something, oldest first."""
    conversations = [
        Conversation(user=_dice.choice(people) if n else people[0], title=f"Talk {n}")
        for n in range(max(1, count // 5))
    ]
    _bulk(iter(conversations), Conversation)
    theirs = [one for one in conversations if one.user_id != people[0].pk]
    _bulk((Share(conversation=one, user=people[0]) for one in theirs[:200]), Share)
    turns = [Turn(conversation=conversations[n // 5 % len(conversations)], question=f"What is {n}?") for n in
             range(count)]  # fmt: skip
    _bulk(iter(turns), Turn)
    answers = [_answer(turn, documents) for turn in turns]
    _bulk(iter(answers), Answer)
    _spread(Answer, [answer.pk for answer in answers], _evenly(count))
    cited = [answer for answer in answers if not answer.abstained and answer.state == Answer.State.COMPLETE]
    pages = {page.version.document_id: page for page in Page.objects.select_related("version")}
    _bulk((_citation(answer, pages) for answer in cited), Citation)
    asked = {turn.pk: turn.conversation.user_id for turn in turns}
    _bulk((Feedback(answer=a, user_id=asked[a.turn_id], helpful=_dice.random() < 0.7) for a in cited[::10]), Feedback)
    rita = User.objects.get(username="rita")
    verdict = [Standing.SUPPORTED] * 8 + [Standing.PARTLY, Standing.UNSUPPORTED]
    _bulk((Review(answer=a, sentence=0, verdict=_dice.choice(verdict), reviewer=rita) for a in cited[::20]), Review)
    for model in (Feedback, Review):
        keys = list(QuerySet(model).order_by("pk").values_list("pk", flat=True))
        _spread(model, keys, _evenly(len(keys)))
    _gaps([answer for answer in answers if answer.abstained and not answer.asked_back][::10])
    return cited


def _answer(turn: Turn, documents: list[Document]) -> Answer:
    near = _dice.choice(documents)
    chance = _dice.random()
    silent, back = chance < 0.15, chance < 0.04
    state = Answer.State.FAILED if chance > 0.98 else Answer.State.COMPLETE
    words = [] if silent else [{"text": "Words.", "standing": "supported", "reason": "", "citations": [1]}]
    return Answer(
        turn=turn, state=state, abstained=silent, asked_back="split" if back else "", text="Words." if words else "",
        sentences=words, sentence_count=len(words), generator=_dice.choice(("quoting", "large", "small")),
        retrieved=[{"passage_id": n, "document_id": str(near.pk), "score": 1.0, "used": not n, "supplied": True}
                   for n in range(10)],
        timings_ms={"total": _dice.lognormvariate(7, 0.6)}, finished=_NOW, fed=True, signs={"bare": 0.5},
        steps=["Searched"],
    )  # fmt: skip


def _citation(answer: Answer, pages: dict[uuid.UUID, Page]) -> Citation:
    document = uuid.UUID(answer.retrieved[0]["document_id"])
    page = pages[document]
    return Citation(
        answer=answer, number=1, document_id=document, version_id=page.version_id, page=page, start=0, end=5,
        quote="Words", quote_hash="",
    )  # fmt: skip


def _evenly(count: int) -> Callable[[int], float]:
    return lambda n: 365 * (1 - (n + 1) / count)


def _spread(model: type[models.Model], keys: list[Any], days: Callable[[int], float]) -> None:
    """Dates that are set when a row is made are moved into the past."""
    sql = f'UPDATE "{model._meta.db_table}" SET created = %s WHERE id = %s'  # noqa: S608  # a name of our own
    field = model._meta.pk
    with connection.cursor() as cursor:
        rows = [
            (connection.ops.adapt_datetimefield_value(_before(days(n))), field.get_db_prep_value(key, connection))
            for n, key in enumerate(keys)
        ]
        cursor.executemany(sql, rows)


def _gaps(silent: list[Answer]) -> None:
    groups = [Gap(model_id="m") for _ in range(max(1, len(silent) // 4))]
    _bulk(iter(groups), Gap)
    vector = np.zeros(_DIMENSION, "<f4").tobytes()
    _bulk((GapQuestion(answer=a, gap=groups[n // 4 % len(groups)], vector=vector) for n, a in enumerate(silent)),
          GapQuestion)  # fmt: skip
    rows = GapQuestion.objects.select_related("answer").order_by("pk")
    _bulk((GapNear(question=q, document_id=q.answer.retrieved[0]["document_id"], rank=0) for q in rows), GapNear)


def _notices(people: list[User], count: int) -> None:
    def rows() -> Iterator[Notice]:
        for n in range(count):
            user = people[0] if n % 4 == 0 else people[n % len(people)]
            yield Notice(user=user, kind=NoticeKind.GAP, text="Look.", link="/", created=_before(90 * n / count))

    _bulk(rows(), Notice)


def _trail(count: int, people: list[User]) -> None:
    def rows() -> Iterator[AuditEvent]:
        for n in range(count):
            yield AuditEvent(
                at=_before(365 * (1 - n / count)), actor_id=people[n % len(people)].pk,
                action=_ACTIONS[n % len(_ACTIONS)], object_type="assistant.answer", object_id=str(n), detail={"n": n},
            )  # fmt: skip

    _bulk(rows(), AuditEvent)

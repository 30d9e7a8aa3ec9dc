"""Answers are made in background threads of the web process; whoever follows them reads stored events.

A thread has each event stored and rings a bell for the followers of this process; followers of another process find
the event by looking. Answers left behind by a dead process are closed by ``recovery``.
"""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import closing, suppress
from functools import lru_cache, partial
from types import TracebackType

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from assistant.answering.answer import answer as answering
from assistant.answering.events import Delta, Done, Event
from assistant.conversing.queueing import claim_due
from assistant.conversing.recovery import INTERRUPTED, UNFINISHED
from assistant.models import Answer, AnswerEvent
from assistant.reviewing.feeding import feed
from assistant.streaming.beats import signs
from assistant.streaming.bell import bell
from assistant.streaming.fair_pool import FairPool
from assistant.streaming.storing import EventStore

log = logging.getLogger("footnote.answers")
_DELTA_SECONDS = 0.12  # provisional text is stored in gulps, not word by word
_SMOOTH = 4  # so many answers at once come in the smallest gulps; with more, gulps grow
_LARGEST_GULP = 0.5  # seconds
_GATHER_SECONDS = 0.05  # with more answers at once than run smoothly, so long a gulp waits for those of others
_store = EventStore()


@lru_cache(maxsize=1)
def _pool() -> FairPool:
    return FairPool(settings.ANSWER_THREADS, "answer")


def waiting() -> int:
    """Answers that wait for a thread of this process."""
    return _pool().waiting()


def start(answer: Answer) -> None:
    """Has the answer made as soon as it is committed; one that waits for another is left waiting."""
    answer_id = answer.pk
    if answer.state != Answer.State.QUEUED:
        transaction.on_commit(lambda: _submit(answer_id))


def start_due(conversation_id: uuid.UUID) -> None:
    """Has those answers of a conversation made that wait for nothing any more."""
    for answer_id in claim_due(conversation_id):
        transaction.on_commit(partial(_submit, answer_id))


def _submit(answer_id: uuid.UUID) -> None:
    asker = Answer.objects.filter(pk=answer_id).values_list("turn__conversation__user", flat=True).first()
    signs.begin(answer_id)
    _pool().submit(asker or 0, partial(_work, answer_id))


class _Telling:
    """Says in the log when making an answer failed."""

    def __init__(self, answer_id: uuid.UUID) -> None:
        self._answer_id = answer_id

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            # The type, and the database's own name for it: an error's text may hold what somebody asked.
            code = getattr(error.__cause__, "sqlite_errorname", "") if error is not None else ""
            log.error("answer.crashed answer=%s error=%s %s", self._answer_id, kind.__name__, code)


def _work(answer_id: uuid.UUID) -> None:
    try:
        close_old_connections()
        with _Telling(answer_id), signs.making(answer_id), closing(_Journal(answer_id)) as journal:
            for event in answering(answer_id, must_be_followed=True):
                journal.write(event)
        _charge(answer_id)
        feed(answer_id)
    finally:
        signs.end(answer_id)
        if ended := Answer.objects.filter(pk=answer_id).values_list("turn__conversation", flat=True).first():
            start_due(ended)
        connection.close()


def _charge(answer_id: uuid.UUID) -> None:
    """What the language model read and wrote counts for the person who asked."""
    used = Answer.objects.filter(pk=answer_id).values_list("turn__conversation__user", "tokens_in", "tokens_out")
    for asker, read, written in used:
        limits.charge(asker, limits.Use.TOKENS, read + written)


def _gulp_seconds() -> float:
    """Between two gulps of one answer: what many people read at once is worth more than that it runs smoothly."""
    return min(_LARGEST_GULP, _DELTA_SECONDS * max(1.0, _pool().running() / _SMOOTH))


class _Journal:
    """Stores the events of one answer in order."""

    def __init__(self, answer_id: uuid.UUID) -> None:
        self._answer_id = answer_id
        self._seq = 0
        self._held: list[Delta] = []
        self._stored = time.monotonic()
        self._ended = False

    def write(self, event: Event) -> None:
        if isinstance(event, Delta):
            self._held.append(event)
            if time.monotonic() - self._stored >= _gulp_seconds():
                self._flush()
            return
        self._flush()
        self._store(event)

    def close(self) -> None:
        """Whatever happened, followers are told that it is over, and the answer is not left open."""
        if self._ended:
            return
        Answer.objects.filter(pk=self._answer_id, state__in=UNFINISHED).update(
            state=Answer.State.FAILED, notice=INTERRUPTED, finished=timezone.now()
        )
        self._store(Done(Answer.State.FAILED.value, reverse("answer", args=[self._answer_id])))

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held:
            self._store(Delta("".join(delta.text for delta in held), held[-1].passages))

    def _store(self, event: Event) -> None:
        self._seq += 1
        data = event.data()
        with suppress(IntegrityError):  # its conversation may have been deleted meanwhile
            kept = {**data, "passages": list(event.passages)}
            row = AnswerEvent(answer_id=self._answer_id, seq=self._seq, kind=event.kind, data=kept)
            many = isinstance(event, Delta) and _pool().running() > _SMOOTH
            _store.keep(row, _GATHER_SECONDS if many else 0.0)
        self._stored, self._ended = time.monotonic(), isinstance(event, Done)
        bell.ring(self._answer_id, (self._seq, event.kind, data))

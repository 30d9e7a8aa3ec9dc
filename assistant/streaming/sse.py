"""Following an answer as server-sent events. Nothing is generated here: stored events are passed on.

Each look at the database asks again whether this person may still see what an event's text comes from. Between two
looks, a second at most, the process that makes the answer hands its events over; it asks the same every half second and
before each sentence. How an answer ended is always looked up. A follower may come back with ``Last-Event-ID`` and
misses nothing.
"""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assistant.conversing.recovery import recover_abandoned
from assistant.models import Answer, AnswerEvent
from assistant.streaming.beats import BEAT_SECONDS, signs
from assistant.streaming.bell import bell
from assistant.streaming.looking import looked
from assistant.streaming.running import start_due
from assistant.streaming.streams import Listener, kept
from knowledge.rechecking import still_visible

_LOOK_SECONDS = 0.5  # without a ring: events of another process are found by looking
_RUNG_SECONDS = 3.0  # for those of this process
_TRUSTED_SECONDS = 1.0  # so long what is told in this process goes on without another look
_HEARTBEAT_SECONDS = 10.0
_FOLLOWED_EVERY = timedelta(seconds=2 * BEAT_SECONDS)  # who just came; then the process says so of all
_LONGEST_SECONDS = 600.0  # then the browser connects again
_RECOVER_SECONDS = 5.0
_recovered = -math.inf


@dataclass(frozen=True, slots=True)
class _Look:
    """New events ready to send, where to go on, and whether that is all."""

    frames: tuple[str, ...]
    last: int
    over: bool


def event_stream(listener: Listener, answer_id: uuid.UUID, last: int) -> StreamingHttpResponse:
    """The response that follows an answer from the event after ``last``. The caller has checked that it is theirs."""
    frames = kept(_follow(listener.stream.user_id, answer_id, last), listener)
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _follow(user_id: int, answer_id: uuid.UUID, last: int) -> AsyncGenerator[str]:
    began = sent = time.monotonic()
    checked, over = -math.inf, False
    with signs.following(answer_id), bell.listening(answer_id) as ear:
        yield "retry: 1000\n\n"
        while time.monotonic() - began < _LONGEST_SECONDS:
            told = ear.take(last)
            if told and time.monotonic() - checked < _TRUSTED_SECONDS:
                frames, last = [_frame(kind, seq, data) for seq, kind, data in told], told[-1][0]
            else:
                look = await looked(_look, user_id, answer_id, last)
                checked, frames, last, over = time.monotonic(), list(look.frames), look.last, look.over
            for frame in frames:
                yield frame
            if over:
                return
            if frames:
                sent = time.monotonic()
            elif time.monotonic() - sent > _HEARTBEAT_SECONDS:
                sent = time.monotonic()
                yield ": still here\n\n"
            await ear.wait(_RUNG_SECONDS if signs.made_here(answer_id) else _LOOK_SECONDS)


def _look(user_id: int, answer_id: uuid.UUID, last: int) -> _Look:
    """What has happened since ``last``, as far as this person may see it now."""
    person = "turn__conversation__user"
    rows = Answer.objects.select_related(person).filter(**{person: user_id, f"{person}__is_active": True})
    own = [f"{person}__{name}" for name in ("is_active", "synthetic")]
    answer = rows.only("state", "followed", "turn__conversation__id", *own).filter(pk=answer_id).first()
    if answer is None:
        return _Look((_frame("done", last + 1, {"state": "stopped", "url": ""}),), last, True)
    user = answer.turn.conversation.user
    _mark_followed(answer)
    _recover()
    if answer.state == Answer.State.QUEUED:
        start_due(answer.turn.conversation_id)
    # Read the state before the events: events of a finished answer are all there.
    finished = answer.finished_state
    events = list(AnswerEvent.objects.filter(answer=answer, seq__gt=last).order_by("seq"))
    frames, over = _frames(user, answer, events)
    if not over and finished and not events:
        frames, over = [_done(answer, last)], True
    return _Look(tuple(frames), events[-1].seq if events else last, over)


def _frames(user: User, answer: Answer, events: list[AnswerEvent]) -> tuple[list[str], bool]:
    wanted = {passage for event in events for passage in event.data.get("passages", ())}
    visible = still_visible(user, wanted) if wanted else set()
    frames: list[str] = []
    for event in events:
        if not set(event.data.get("passages", ())) <= visible:
            # Access went while the answer was written: the finished page says so, nothing more is shown here.
            return [*frames, _done(answer, event.seq - 1)], True
        data = {name: value for name, value in event.data.items() if name != "passages"}
        frames.append(_frame(event.kind, event.seq, data))
        if event.kind == "done":
            return frames, True
    return frames, False


def _mark_followed(answer: Answer) -> None:
    now = timezone.now()
    if answer.finished_state:
        return
    if answer.followed is None or now - answer.followed > _FOLLOWED_EVERY:
        Answer.objects.filter(pk=answer.pk).update(followed=now)


def _recover() -> None:
    """Closes what dead processes left, at most every few seconds however many people read along."""
    global _recovered  # when this process last did; two at once do no harm
    if time.monotonic() - _recovered > _RECOVER_SECONDS:
        _recovered = time.monotonic()
        recover_abandoned()


def _done(answer: Answer, last: int) -> str:
    return _frame("done", last + 1, {"state": answer.state, "url": reverse("answer", args=[answer.pk])})


def _frame(kind: str, seq: int, data: dict[str, Any]) -> str:
    return f"id: {seq}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

"""Everything kept about one answer, and asking it again."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, limits
from accounts.policy import Audience, allow
from assistant.models import Answer
from assistant.showing.record import openable, record_of
from assistant.showing.replaying import ReplayRefused, replay
from knowledge.requests import asker


@require_GET
@allow(Audience.SIGNED_IN)
def answer_record(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """For the asker; for reviewers and administrators who may see what it rests on."""
    found = _found(request, answer_id)
    audit.record(request.user, "answer.record_read", found)
    return _page(request, found)


@require_POST
@allow(Audience.SIGNED_IN)
def answer_replay(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Asks the question again as its asker, with what they may read now. Nothing of it is kept."""
    found, user = _found(request, answer_id), asker(request)
    try:
        limits.spend(user.pk, limits.Use.TOKENS)
        limits.spend(user.pk, limits.Use.QUESTIONS)
        again = replay(found, user)
    except limits.TooMuch as refused:
        return _page(request, found, 429, refusal=str(refused))
    except ReplayRefused as refused:
        return _page(request, found, 409, refusal=str(refused))
    limits.charge(user.pk, limits.Use.TOKENS, again.tokens)
    audit.record(user, "answer.replayed", found)
    return _page(request, found, replay=again)


def _found(request: HttpRequest, answer_id: uuid.UUID) -> Answer:
    rows = Answer.objects.select_related("turn__conversation__user", "correction__answer")
    found = rows.filter(pk=answer_id).first()
    if found is None or not found.finished_state or not openable(found, asker(request)):
        raise Http404
    return found


def _page(request: HttpRequest, found: Answer, status: int = 200, **more: object) -> HttpResponse:
    context = {"record": record_of(found, asker(request)), **more}
    return render(request, "assistant/record.html", context, status=status)

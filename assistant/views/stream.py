"""One answer: its fragment, its stream, stopping it, asking again, rating it. Only its asker finds it."""

from __future__ import annotations

import uuid

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.limits import Stream
from accounts.models import User
from accounts.policy import Audience, allow
from accounts.slowing import too_much
from assistant.conversing import conversations
from assistant.conversing.queueing import take_back
from assistant.conversing.recovery import UNFINISHED, recover_abandoned
from assistant.errors import ReviewRefused, TooManyAnswers
from assistant.generators.choices import choices
from assistant.models import Answer, Feedback
from assistant.reviewing.feeding import feed
from assistant.reviewing.remarks import remark
from assistant.showing.presenting import present
from assistant.streaming import running
from assistant.streaming.admission import admitted
from assistant.streaming.sse import event_stream
from assistant.streaming.streams import Listener
from knowledge.requests import asker, whole_number


def _mine(user: User, answer_id: uuid.UUID) -> Answer:
    rows = Answer.objects.select_related("turn__conversation__user", "correction__answer")
    return get_object_or_404(rows, pk=answer_id, turn__conversation__user=user)


def mark_followed(answer_id: uuid.UUID) -> None:
    """Somebody waits for this answer, by looking at its page."""
    Answer.objects.filter(pk=answer_id, state__in=UNFINISHED).update(followed=timezone.now())


@require_GET
@allow(Audience.SIGNED_IN)
def answer(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    recover_abandoned()
    found = _mine(user, answer_id)
    if not found.finished_state:
        mark_followed(found.pk)
    return _fragment(request, found, user)


def _fragment(request: HttpRequest, found: Answer, user: User) -> HttpResponse:
    response = render(request, "assistant/_answer.html", {"answer": present(found, user), "turn": found.turn})
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@allow(Audience.SIGNED_IN)
async def answer_events(request: HttpRequest, answer_id: uuid.UUID) -> StreamingHttpResponse:
    listener = await sync_to_async(_listener)(request, answer_id)
    last = request.headers.get("Last-Event-ID") or request.GET.get("after")
    return event_stream(listener, answer_id, whole_number(last))


def _listener(request: HttpRequest, answer_id: uuid.UUID) -> Listener:
    """The asker with a place among their streams. Raises TooMuch when none is left."""
    user = asker(request)
    if not Answer.objects.filter(pk=answer_id, turn__conversation__user=user).exists():
        raise Http404
    stream = Stream(user.pk)
    stream.open()
    return Listener(stream, request.session.session_key or "")


@require_POST
@allow(Audience.SIGNED_IN)
def answer_stop(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    found = _mine(asker(request), answer_id)
    if take_back(found):
        running.start_due(found.turn.conversation_id)  # what waited behind it
    else:
        Answer.objects.filter(pk=found.pk, state__in=UNFINISHED).update(stop_requested=True)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect("conversation", found.turn.conversation_id)


@require_POST
@allow(Audience.SIGNED_IN)
def answer_retry(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    turn = _mine(user, answer_id).turn
    try:
        with admitted(user):
            again = conversations.retry(turn, _wanted(request))
    except TooManyAnswers as refused:
        return too_much(request, str(refused), refused.retry_after)
    running.start(again)
    mark_followed(again.pk)
    if request.headers.get("X-Requested-With") == "fetch":
        return _fragment(request, again, user)
    return redirect(f"{reverse('conversation', args=[turn.conversation_id])}?branch={turn.pk}")


def _wanted(request: HttpRequest) -> str:
    """The answerer chosen from those that are offered, or none."""
    wanted = request.POST.get("wanted", "")
    return wanted if wanted in {choice.key for choice in choices()} else ""


@require_POST
@allow(Audience.SIGNED_IN)
def answer_feedback(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    found = _mine(user, answer_id)
    helpful = request.POST.get("helpful", "")
    reason = request.POST.get("reason", "")
    if helpful not in {"0", "1", "true", "false"} or (reason and reason not in Feedback.Reason.values):
        return HttpResponse("Say whether the answer helped, with one of the offered reasons.", status=422)
    try:
        comment = remark(request.POST.get("comment", ""))
    except ReviewRefused as refused:
        return HttpResponse(str(refused), status=422)
    liked = helpful in {"1", "true"}
    Feedback.objects.update_or_create(
        answer=found,
        user=user,
        defaults={
            "helpful": liked,
            "reason": "" if liked else reason,
            "comment": comment,
        },
    )
    feed(found.pk)
    if request.headers.get("X-Requested-With") == "fetch" or getattr(request, "htmx", False):
        return _fragment(request, found, user)
    return redirect("conversation", found.turn.conversation_id)

"""The chat pages: asking, and the conversation it belongs to."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from assistant.conversing import conversations
from assistant.conversing.conversations import shown_path
from assistant.conversing.listing import by_day, listed
from assistant.conversing.recovery import recover_abandoned
from assistant.conversing.suggestions import suggestions
from assistant.errors import QuestionRefused, TooManyAnswers
from assistant.models import Answer, Conversation, Turn
from assistant.modes import MODES
from assistant.modes.tasks import tell_about
from assistant.showing.presenting import TurnView, present_turn
from assistant.showing.sharing import not_opened
from assistant.streaming import running
from assistant.streaming.admission import admitted
from assistant.views.stream import mark_followed
from knowledge.models import Document
from knowledge.requests import asker


@require_GET
@allow(Audience.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    return _chat(request, None)


@require_GET
@allow(Audience.SIGNED_IN)
def conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Conversation, pk=conversation_id, user=asker(request))
    recover_abandoned()
    running.start_due(found.pk)
    return _chat(request, found, branch_of(request))


def _chat(
    request: HttpRequest,
    shown: Conversation | None,
    branch: uuid.UUID | None = None,
    refusal: str = "",
    status: int = 200,
    prefilled: str = "",
) -> HttpResponse:
    user = asker(request)
    thread = [present_turn(place, user) for place in shown_path(shown, branch)] if shown else []
    for turn in thread:
        if turn.answer is not None and not turn.answer.finished:
            mark_followed(turn.answer.id)  # a page without scripts is reloaded while it waits
    if shown is not None and all(turn.answer is None or turn.answer.finished for turn in thread):
        audit.record(user, "conversation.read", shown)  # a page that waits asks again and again
    page = listed(user)
    context = {
        "conversation": shown,
        "modes": MODES.values(),
        "groups": by_day(tell_about(page.conversations, user)),
        "older": page.older,
        "thread": thread,
        "suggestions": [] if thread else suggestions(user),
        "searchable": Document.objects.visible_to(user).filter(current__isnull=False).count(),
        "shared_new": not_opened(user),
        "refusal": refusal,
        "question": request.POST.get("question", "") if refusal else prefilled,
    }
    return render(request, "assistant/chat.html", context, status=status)


@require_GET
@allow(Audience.SIGNED_IN)
def again(request: HttpRequest, turn_id: uuid.UUID) -> HttpResponse:
    """An earlier question of theirs, ready to be sent once more: a link alone asks nothing."""
    turn = get_object_or_404(Turn, pk=turn_id, conversation__user=asker(request))
    return _chat(request, turn.conversation, turn.pk, prefilled=turn.question)


@require_POST
@allow(Audience.SIGNED_IN)
def ask(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    shown, parent = place_of(request, user)
    try:
        with admitted(user):
            answer = conversations.ask(user, request.POST.get("question", ""), shown, parent)
    except (QuestionRefused, TooManyAnswers) as refused:
        return _refuse(request, shown, refused)
    return started(request, user, answer)


@require_POST
@allow(Audience.SIGNED_IN)
def turn_edit(request: HttpRequest, turn_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    turn = get_object_or_404(Turn.objects.select_related("conversation__user"), pk=turn_id, conversation__user=user)
    try:
        with admitted(user):
            answer = conversations.edit(turn, request.POST.get("question", ""))
    except (QuestionRefused, TooManyAnswers) as refused:
        return _refuse(request, turn.conversation, refused)
    return started(request, user, answer)


def place_of(request: HttpRequest, user: User) -> tuple[Conversation | None, Turn | None]:
    """The conversation and turn a question follows. Those of other people do not exist."""
    named, after = request.POST.get("conversation", ""), request.POST.get("parent", "")
    if not named:
        return None, None
    shown = get_object_or_404(Conversation, pk=_uuid(named), user=user)
    return shown, get_object_or_404(Turn, pk=_uuid(after), conversation=shown) if after else None


def started(request: HttpRequest, user: User, answer: Answer) -> HttpResponse:
    """Has the answer made and shows its turn: alone to the page's script, otherwise on its page."""
    running.start(answer)
    mark_followed(answer.pk)
    turn = answer.turn
    url = f"{reverse('conversation', args=[turn.conversation_id])}"
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(f"{url}#turn-{turn.pk}")
    response = render(request, "assistant/_turn.html", {"item": _view(turn, user), "conversation": turn.conversation})
    response["X-Conversation-Url"] = url
    return response


def _view(turn: Turn, user: User) -> TurnView:
    path = shown_path(turn.conversation, turn.pk)
    return present_turn(next(place for place in path if place.turn == turn), user)


def _refuse(
    request: HttpRequest, shown: Conversation | None, refused: QuestionRefused | TooManyAnswers
) -> HttpResponse:
    """The reason in words, to the page's script as plain text, otherwise on the page with the question kept."""
    status = 429 if isinstance(refused, TooManyAnswers) else 422
    if request.headers.get("X-Requested-With") == "fetch":
        response = HttpResponse(str(refused), status=status, content_type="text/plain; charset=utf-8")
    else:
        response = _chat(request, shown, refusal=str(refused), status=status)
    if isinstance(refused, TooManyAnswers):
        response["Retry-After"] = str(refused.retry_after)
    return response


def branch_of(request: HttpRequest) -> uuid.UUID | None:
    """The turn over which the shown path is to lead, if the address names one."""
    return _uuid(request.GET.get("branch"))


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None

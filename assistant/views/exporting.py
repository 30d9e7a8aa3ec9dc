"""Downloads of answers and conversations, made anew from what this person may see."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.policy import Audience, allow
from assistant.conversing.conversations import Place, shown_path
from assistant.models import Answer, Conversation
from assistant.showing import copying
from assistant.showing.exporting import markdown
from assistant.showing.presenting import TurnView, present_turn
from assistant.showing.sharing import present_shared_turn, shared_with
from assistant.views.chat import branch_of
from knowledge.requests import asker

_COPIES: dict[str, Callable[[TurnView], str]] = {"text": copying.with_sources, "reply": copying.reply}


@require_GET
@allow(Audience.SIGNED_IN)
def conversation_export(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The path that is shown, or the one over ``branch``."""
    user = asker(request)
    found = get_object_or_404(Conversation, pk=conversation_id, user=user)
    thread = [present_turn(place, user) for place in shown_path(found, branch_of(request))]
    return _download(request, found, str(found), thread)


@require_GET
@allow(Audience.SIGNED_IN)
def answer_export(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """One question with its newest answer; with ``as`` as the plain text that is copied: ``text`` with its sources,
    ``reply`` for the mail it answers."""
    user = asker(request)
    rows = Answer.objects.select_related("turn__conversation")
    found = get_object_or_404(rows, pk=answer_id, turn__conversation__user=user)
    view = present_turn(Place(found.turn, (found.turn,)), user)
    wanted = request.GET.get("as", "")
    if not wanted:
        return _download(request, found, found.turn.question[:80], [view])
    if wanted not in _COPIES or (wanted == "reply" and found.turn.mode != "reply"):
        raise Http404
    audit.record(user, "conversation.exported", found)
    response = HttpResponse(_COPIES[wanted](view), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@allow(Audience.SIGNED_IN)
def shared_export(request: HttpRequest, share_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    found = get_object_or_404(shared_with(user), pk=share_id)
    path = shown_path(found.conversation, branch_of(request))
    thread = [present_shared_turn(place, found, user) for place in path]
    return _download(request, found.conversation, str(found.conversation), thread)


def _download(request: HttpRequest, source: models.Model, title: str, thread: Sequence[TurnView]) -> HttpResponse:
    audit.record(asker(request), "conversation.exported", source)
    response = HttpResponse(markdown(title, thread), content_type="text/markdown; charset=utf-8")
    name = re.sub(r"[^\w-]+", "-", title.casefold(), flags=re.ASCII).strip("-")[:60] or "conversation"
    response["Content-Disposition"] = f'attachment; filename="{name}.md"'
    response["Cache-Control"] = "private, no-store"
    return response

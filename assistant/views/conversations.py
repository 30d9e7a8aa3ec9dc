"""The list of a person's own conversations."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import Audience, allow
from assistant.conversing.conversations import delete, rename
from assistant.conversing.finding import find
from assistant.conversing.listing import After, Page, by_day, listed
from assistant.models import Conversation
from assistant.modes.tasks import tell_about
from knowledge.requests import asker


@require_GET
@allow(Audience.SIGNED_IN)
def conversations(request: HttpRequest) -> HttpResponse:
    """The list; with ``q`` what speaks of these words, with ``after`` what stands below a place in it."""
    return _list(request, request.GET.get("q", "").strip()[:200], After.read(request.GET.get("after", "")))


@require_POST
@allow(Audience.SIGNED_IN)
def conversation_rename(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Conversation, pk=conversation_id, user=asker(request))
    rename(found, request.POST.get("title", ""))
    if _by_script(request):
        return _list(request)
    messages.success(request, f"It is called “{found}” now.")
    return redirect("conversation", conversation_id)


@require_POST
@allow(Audience.SIGNED_IN)
def conversation_delete(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    found = get_object_or_404(Conversation, pk=conversation_id, user=user)
    title = str(found)
    delete(found, user)
    if _by_script(request):
        return _list(request)
    messages.success(request, f"“{title}” is deleted, with its questions and answers.")
    return redirect("home")


def _by_script(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) or request.headers.get("X-Requested-With") == "fetch"


def _list(request: HttpRequest, query: str = "", after: After | None = None) -> HttpResponse:
    user, by_script = asker(request), _by_script(request)
    page = listed(user, after) if not query else Page((), None)
    context = {
        # To a list that stands there already, what goes on with its last day is added without naming that again.
        "groups": by_day(tell_about(page.conversations, user), after=after if by_script else None),
        "older": page.older,
        "after": after,
        "found": find(user, query),
        "conversation": None,
        "query": query,
    }
    if not by_script:
        return render(request, "assistant/conversations.html", context)
    part = "assistant/_talks.html" if after is not None else "assistant/_conversations.html"
    return render(request, part, context)

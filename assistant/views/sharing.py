"""Sharing a conversation, taking that back, and reading what colleagues shared. Only its two sides find a share."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.policy import Audience, allow
from assistant.conversing.conversations import shown_path
from assistant.errors import SharingRefused
from assistant.models import Conversation, Share
from assistant.showing import sharing
from assistant.views.chat import branch_of
from knowledge.requests import asker


@require_http_methods(["GET", "POST"])
@allow(Audience.SIGNED_IN)
def conversation_share(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The owner's page: with whom it is shared, and whom else to share it with."""
    user = asker(request)
    found = get_object_or_404(Conversation, pk=conversation_id, user=user)
    refusal, named = "", request.POST.get("name", "")
    if request.method == "POST":
        try:
            made = sharing.share(found, named)
        except SharingRefused as refused:
            refusal = str(refused)
        else:
            audit.record(user, "conversation.shared", found, reader=made.user_id)
            messages.success(request, f"Shared with {made.user}.")
            return redirect("conversation_share", found.pk)
    context = {
        "conversation": found,
        "shares": found.shares.select_related("user"),
        "colleagues": sharing.colleagues(user),
        "refusal": refusal,
        "named": named if refusal else "",
    }
    return render(request, "assistant/share.html", context, status=422 if refusal else 200)


@require_POST
@allow(Audience.SIGNED_IN)
def share_end(request: HttpRequest, share_id: uuid.UUID) -> HttpResponse:
    """Taken back by its owner, or put away by its reader; either way nothing of it can be opened from then on."""
    user = asker(request)
    mine = Q(conversation__user=user) | Q(user=user)
    found = get_object_or_404(Share.objects.filter(mine).select_related("conversation", "user"), pk=share_id)
    audit.record(user, "conversation.unshared", found.conversation, reader=found.user_id)
    found.delete()
    if found.conversation.user_id == user.pk:
        messages.success(request, f"{found.user} can no longer read it.")
        return redirect("conversation_share", found.conversation_id)
    messages.success(request, "It is gone from your list.")
    return redirect("shared_with_me")


@require_GET
@allow(Audience.SIGNED_IN)
def shared_with_me(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    shares = sharing.new_to(user, sharing.shared_with(user))
    return render(request, "assistant/shared_with_me.html", {"shares": shares})


@require_GET
@allow(Audience.SIGNED_IN)
def shared(request: HttpRequest, share_id: uuid.UUID) -> HttpResponse:
    """A colleague's conversation as this person may see it, to read."""
    user = asker(request)
    found = get_object_or_404(sharing.shared_with(user), pk=share_id)
    sharing.opened(found)
    path = shown_path(found.conversation, branch_of(request))
    context = {
        "share": found,
        "subject": str(found.conversation),
        "thread": [sharing.present_shared_turn(place, found, user) for place in path],
        "reader": True,
    }
    return render(request, "assistant/shared.html", context)

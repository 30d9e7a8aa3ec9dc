"""Documents in one's care that should be looked at again, and what was found."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import Audience, allow
from knowledge.models import Collection
from knowledge.ownership import AGAIN, cared_for, in_care, retire, still_right
from knowledge.requests import asker


@require_GET
@allow(Audience.SIGNED_IN)
def documents_due(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    today = timezone.localdate()
    context = {
        "documents": in_care(user),
        "today": today,
        "next": today + AGAIN,
        "curated": set(Collection.objects.curated_by(user).values_list("pk", flat=True)),
    }
    return render(request, "knowledge/due.html", context)


@require_POST
@allow(Audience.SIGNED_IN)
def document_looked_at(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """``found``: right, with the day of the next look (``until``), or retired."""
    user = asker(request)
    document = cared_for(user, document_id)
    found = request.POST.get("found", "")
    if document is None or found not in {"right", "retired"}:
        raise Http404
    if found == "retired":
        retire(document, user)
        messages.success(request, f"“{document.title}” is no longer in force. Answers prefer others from now on.")
        return redirect("documents_due")
    try:
        still_right(document, user, date.fromisoformat(request.POST.get("until", "")))
    except ValueError:
        messages.error(request, "Nothing was changed: give a day to come for the next look.")
    else:
        messages.success(request, f"“{document.title}” holds. You are reminded before {document.review_by:%-d %B %Y}.")
    return redirect("documents_due")

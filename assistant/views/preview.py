"""What would be answered from a document: a part of the document's page, or a page of its own without scripts."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import audit, limits
from accounts.policy import Audience, allow
from assistant.conversing.preview import preview
from assistant.conversing.suggestions import questions_of
from assistant.errors import QuestionRefused
from knowledge.errors import SearchUnavailable
from knowledge.models import Document
from knowledge.requests import asker


@require_GET
@allow(Audience.SIGNED_IN)
def document_answers(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """The answers to ``q``, or to questions drawn from the document itself."""
    user = asker(request)
    readable = Document.objects.visible_to(user).filter(current__isnull=False)
    document = get_object_or_404(readable, pk=document_id)
    limits.spend(user.pk, limits.Use.TRIALS)
    asked = request.GET.get("q", "").strip()
    audit.record(user, "document.asked", document)
    context = {"document": document, "asked": asked, "previews": [], "refusal": ""}
    try:
        context["previews"] = [
            preview(document.pk, user, question) for question in ([asked] if asked else questions_of(document))
        ]
    except (QuestionRefused, SearchUnavailable) as refused:
        context["refusal"] = str(refused)
    template = "assistant/_preview.html" if getattr(request, "htmx", False) else "assistant/preview.html"
    return render(request, template, context)

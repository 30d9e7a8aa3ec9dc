"""Going to a page of a document by its number, and looking for words in it. Hidden and non-existent look the same."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from knowledge.finding import LONGEST, find
from knowledge.models import DocumentVersion, is_replaced
from knowledge.pages import page_view
from knowledge.requests import asker, whole_number
from knowledge.views import readable_page, source_template


@require_GET
@allow(Audience.SIGNED_IN)
def document_go(request: HttpRequest, document_id: uuid.UUID, number: int) -> HttpResponse:
    """To the page of that number, or the nearest there is."""
    version = _version(asker(request), document_id, number)
    page = min(max(1, whole_number(request.GET.get("page"))), max(1, version.page_count))
    return redirect("document_page", document_id, number, page)


@require_GET
@allow(Audience.SIGNED_IN)
def document_find(request: HttpRequest, document_id: uuid.UUID, number: int) -> HttpResponse:
    """The page with one place of the words that were looked for; the page one came from when they are nowhere."""
    user = asker(request)
    version = _version(user, document_id, number)
    found = find(version, request.GET.get("q", "").strip()[:LONGEST], whole_number(request.GET.get("at")) or 1)
    start_from = min(max(1, whole_number(request.GET.get("page"))), max(1, version.page_count))
    page = readable_page(user, document_id, number, found.page.number if found.page else start_from)
    view = page_view(page, found.start, found.end, replaced=is_replaced(document_id, user))
    view = replace(view, found=found if found.query else None, later=None)
    audit.record(user, "page.read", version.document, version=version.pk, page=page.number)
    return render(request, source_template(request), {"view": view})


def _version(user: User, document_id: uuid.UUID, number: int) -> DocumentVersion:
    return get_object_or_404(
        DocumentVersion.objects.visible_to(user).select_related("document"),
        document_id=document_id,
        number=number,
        state=DocumentVersion.State.READY,
    )

"""Administrators' pages about permission: the proof at run time, who can see a document, why somebody cannot.

They show names of people, groups, collections and documents, which administrators manage, and never a word of content
(decision 0003). Each look-up goes to the trail.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from knowledge.explaining import can_see, explain, readers, shelves
from knowledge.filtering import holding, typed
from knowledge.models import Document, ProbeRun
from knowledge.proof import alarm
from knowledge.requests import asker

_RUNS = 20
_OFFERED = 10
PER_PAGE = 50


@require_GET
@allow(Audience.ADMINISTRATOR)
def permission(request: HttpRequest) -> HttpResponse:
    """How the proof stands, its last runs, and where to look a person or a document up."""
    query = typed(request.GET.get("q"))
    context = {
        "standing": alarm.standing(),
        "open": ProbeRun.objects.filter(state=ProbeRun.State.LEAK, settled__isnull=True),
        "runs": ProbeRun.objects.select_related("settled_by")[:_RUNS],
        "query": query,
        "people": _people(query) if query else [],
        "documents": _documents(query) if query else [],
    }
    return render(request, "knowledge/permission.html", context)


@require_POST
@allow(Audience.ADMINISTRATOR)
def permission_settle(request: HttpRequest) -> HttpResponse:
    closed = alarm.settle(asker(request))
    if closed:
        messages.success(request, "The alarm is closed. The next leak opens it again.")
    return redirect("permission")


@require_GET
@allow(Audience.ADMINISTRATOR)
def permission_document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Who can see a document, and by what."""
    document = _document(document_id)
    page = Paginator(can_see(document), PER_PAGE).get_page(request.GET.get("page"))
    query = typed(request.GET.get("q"))
    audit.record(asker(request), "permission.document_examined", document)
    context = {
        "document": document,
        "page": page,
        "readers": readers(document, list(page.object_list)),
        "narrowed": list(document.restrictions.select_related("group", "user")) if document.restricted else None,
        "query": query,
        "people": _people(query) if query else [],
    }
    return render(request, "knowledge/permission_document.html", context)


@require_GET
@allow(Audience.ADMINISTRATOR)
def permission_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """What is open to a person, and by what."""
    person = get_object_or_404(User, pk=person_id)
    query = typed(request.GET.get("q"))
    audit.record(asker(request), "permission.person_examined", person)
    context = {
        "person": person,
        "shelves": shelves(person),
        "groups": person.groups.order_by("name"),
        "query": query,
        "documents": _documents(query) if query else [],
    }
    return render(request, "knowledge/permission_person.html", context)


@require_GET
@allow(Audience.ADMINISTRATOR)
def permission_why(request: HttpRequest, document_id: uuid.UUID, person_id: int) -> HttpResponse:
    """Why a person can, or cannot, see a document: step by step."""
    document, person = _document(document_id), get_object_or_404(User, pk=person_id)
    audit.record(asker(request), "permission.explained", document, person=person.pk)
    context = {"document": document, "person": person, "explanation": explain(document, person)}
    return render(request, "knowledge/permission_why.html", context)


def _document(document_id: uuid.UUID) -> Document:
    """Deleted ones too, until they are purged: that it was deleted is a reason. Canaries are nobody's business."""
    rows = Document.objects.filter(canary=False).select_related("collection", "owner", "current")
    return get_object_or_404(rows, pk=document_id)


def _documents(query: str) -> list[Document]:
    rows = Document.objects.filter(canary=False, deleted__isnull=True).select_related("collection")
    return list(rows.filter(holding(query, "title", "name")).order_by("title", "pk")[:_OFFERED])


def _people(query: str) -> list[User]:
    named = holding(query, "username", "display_name", "email")
    return list(User.objects.filter(named).order_by("username")[:_OFFERED])

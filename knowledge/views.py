"""Pages to browse documents and to open a page of one. Hidden and non-existent look the same: 404."""

from __future__ import annotations

import logging
import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from knowledge.audience import audience_sentences, why_readable
from knowledge.contents import page_window, passages_of, passages_start
from knowledge.documents import delete_document
from knowledge.errors import DiskFull, UnreadableDocument
from knowledge.filtering import typed
from knowledge.forms import CheckingForms, DocumentSettingsForm
from knowledge.listing import STATES, chosen, delete_many, headings, listed, set_review_date, table
from knowledge.models import Collection, Document, DocumentVersion, Page, is_replaced
from knowledge.ownership import owner_of
from knowledge.pages import download_url, page_image, page_view
from knowledge.requests import asker, whole_number

log = logging.getLogger("footnote.documents")
PER_PAGE = 50


@require_GET
@allow(Audience.SIGNED_IN)
def documents(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    wanted = {name: request.GET.get(name, "") for name in ("q", "collection", "state", "sort")}
    context = {
        "documents": Paginator(table(user, wanted), PER_PAGE).get_page(request.GET.get("page")),
        "query": typed(wanted["q"]),
        "filtered": any(wanted[name] for name in ("q", "collection", "state")),
        "headings": headings(wanted["sort"]),
        "states": STATES,
        "collections": Collection.objects.visible_to(user),
        "curates": Collection.objects.curated_by(user).filter(pk__in=Collection.objects.visible_to(user)).exists(),
    }
    return render(request, "knowledge/documents.html", context)


@require_POST
@allow(Audience.CURATOR)
def documents_change(request: HttpRequest) -> HttpResponse:
    """One change to all the documents that were ticked; back to the table as it was filtered."""
    user = asker(request)
    ticked = chosen(user, request.POST.getlist("document"))
    action = request.POST.get("action", "")
    if not ticked.exists():
        messages.warning(request, "Tick at least one document first.")
    elif action == "delete":
        messages.success(request, f"Deleted: {delete_many(user, ticked)}. No answer uses them from now on.")
    elif action == "review":
        _review_date(request, user, ticked)
    else:
        messages.error(request, "Nothing was changed: that action is not known.")
    kept = ("q", "collection", "state", "sort")
    back = urlencode({name: request.POST[name] for name in kept if request.POST.get(name)})
    return redirect(f"{reverse('documents')}?{back}" if back else "documents")


def _review_date(request: HttpRequest, user: User, ticked: QuerySet[Document]) -> None:
    given = request.POST.get("review_by", "").strip()
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        messages.error(request, "Nothing was changed: that is not a date.")
        return
    count = set_review_date(user, ticked, day)
    said = f"Review by {day:%-d %B %Y}" if day else "No review date"
    messages.success(request, f"{said}, for {count} document{'' if count == 1 else 's'}.")


@require_GET
@allow(Audience.SIGNED_IN)
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    shown = get_object_or_404(listed(user).select_related("collection", "owner", "current"), pk=document_id)
    audit.record(user, "document.read", shown, version=shown.current_id)
    near = typed(request.GET.get("near"))
    form = DocumentSettingsForm(instance=shown, user=user, near=near, initial=_chosen_so_far(request))
    return _document_page(request, user, shown, form)


def _chosen_so_far(request: HttpRequest) -> dict[str, Any]:
    """In the form's choices of documents, when others are looked for meanwhile."""
    if "chosen" not in request.GET:
        return {}
    return {"superseded_by": request.GET.get("superseded_by", ""), "supersedes": request.GET.getlist("supersedes")}


def _document_page(
    request: HttpRequest, user: User, shown: Document, form: DocumentSettingsForm, status: int = 200
) -> HttpResponse:
    can_curate = Collection.objects.curated_by(user).filter(pk=shown.collection_id).exists()
    versions = shown.versions.order_by("-number").select_related("created_by")
    leaf, passages = passages_of(shown, shown.current, request.GET.get("page")) if shown.current else (None, [])
    context = {
        "document": shown,
        "owner": owner_of(shown),
        "versions": versions if can_curate else versions.filter(state=DocumentVersion.State.READY),
        "audience": audience_sentences(shown) if can_curate else why_readable(shown, user),
        "pages": page_window(shown.current, passages_start(leaf)) if shown.current else [],
        "download_url": download_url(shown.current) if shown.current else "",
        "leaf": leaf,
        "passages": passages,
        "can_curate": can_curate,
        "force": shown.force.said(timezone.localdate()),
        "replaces": Document.objects.visible_to(user).filter(superseded_by=shown.pk, current__isnull=False),
        "replacement": Document.objects.visible_to(user).filter(supersedes=shown).first(),
        "form": form,
    }
    return render(request, "knowledge/document.html", context, status=status)


@require_POST
@allow(Audience.CURATOR)
def document_settings(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    found = _curated(user, document_id)
    form = DocumentSettingsForm(request.POST, instance=found, user=user)
    if not form.is_valid():
        found.refresh_from_db()
        return _document_page(request, user, found, form, status=422)
    form.save()
    audit.record(user, "document.changed", found)
    messages.success(request, "Saved. The next answers follow it.")
    return redirect("document", document_id)


@require_http_methods(["GET", "POST"])
@allow(Audience.CURATOR)
def checking(request: HttpRequest) -> HttpResponse:
    """What becomes of sentences that the documents do not support, for each collection this person curates."""
    user = asker(request)
    forms = CheckingForms(request.POST or None, queryset=Collection.objects.curated_by(user).order_by("name"))
    if request.method == "POST" and forms.is_valid():
        for changed in forms.save():
            audit.record(user, "collection.changed", changed, unsupported=changed.unsupported)
        messages.success(request, "Saved. The next answers follow it.")
        return redirect("checking")
    return render(request, "knowledge/checking.html", {"forms": forms}, status=422 if forms.is_bound else 200)


@require_POST
@allow(Audience.CURATOR)
def document_delete(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    user = asker(request)
    found = _curated(user, document_id)
    delete_document(found, user)
    messages.success(request, f"“{found.title}” is deleted. No answer uses it from now on.")
    return redirect("documents")


def _curated(user: User, document_id: uuid.UUID) -> Document:
    """A document this person may both see and change."""
    readable = Document.objects.visible_to(user).marking_replaced(user)
    return get_object_or_404(readable.filter(collection__in=Collection.objects.curated_by(user)), pk=document_id)


def readable_page(user: User, document_id: uuid.UUID, number: int, page: int) -> Page:
    """A page of a version that is ready and open to this person; 404 otherwise."""
    return get_object_or_404(
        Page.objects.visible_to(user).select_related("version__document__current", "version__document__collection"),
        version__document_id=document_id,
        version__number=number,
        version__state=DocumentVersion.State.READY,
        number=page,
    )


@require_GET
@allow(Audience.SIGNED_IN)
def document_page(request: HttpRequest, document_id: uuid.UUID, number: int, page: int) -> HttpResponse:
    user = asker(request)
    found = readable_page(user, document_id, number, page)
    start, end = whole_number(request.GET.get("start")), whole_number(request.GET.get("end"))
    heading = _heading(found, start) if end > start else ""
    view = page_view(found, start, end, heading=heading, replaced=is_replaced(document_id, user))
    audit.record(user, "page.read", found.version.document, version=found.version_id, page=found.number)
    return render(request, source_template(request), {"view": view})


def _heading(page: Page, offset: int) -> str:
    """The heading that the text at an offset stands under."""
    passages = page.passages.filter(start__lte=offset, end__gt=offset)
    path = passages.values_list("heading_path", flat=True).first()
    return path[-1] if path else ""


def source_template(request: HttpRequest) -> str:
    """The pane alone for a request from the page's script, a whole page otherwise."""
    return "knowledge/_page.html" if getattr(request, "htmx", False) else "knowledge/page.html"


@require_GET
@allow(Audience.SIGNED_IN)
def page_picture(request: HttpRequest, document_id: uuid.UUID, number: int, page: int) -> HttpResponse | FileResponse:
    user = asker(request)
    found = readable_page(user, document_id, number, page)
    try:
        path = page_image(found)
    except UnreadableDocument as error:
        raise Http404(str(error)) from error
    except DiskFull as error:
        return HttpResponse(str(error), status=507, content_type="text/plain; charset=utf-8")
    audit.record(user, "page.pictured", found.version.document, version=found.version_id, page=found.number)
    response = FileResponse(path.open("rb"), content_type="image/png")
    response["Cache-Control"] = "private, no-store"  # the next person at this browser finds no page of it
    return response


@require_GET
@allow(Audience.SIGNED_IN)
def document_download(request: HttpRequest, document_id: uuid.UUID, number: int) -> FileResponse:
    user = asker(request)
    if not settings.DOWNLOADS:
        raise Http404
    version = get_object_or_404(
        DocumentVersion.objects.visible_to(user),
        document_id=document_id,
        number=number,
        state=DocumentVersion.State.READY,
    )
    try:
        stored = version.blob.open("rb")
    except FileNotFoundError as error:
        log.error("file missing version=%s", version.pk)
        raise Http404 from error
    audit.record(user, "document.downloaded", version.document, version=version.pk)
    # Always an attachment of no particular type: what was uploaded is never rendered on our origin.
    response = FileResponse(
        stored,
        as_attachment=True,
        filename=version.filename.rsplit("/", maxsplit=1)[-1],
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response

"""The upload page: files come in one by one, and their jobs are shown as they go."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.files import File
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, limits
from accounts.models import User
from accounts.policy import Audience, allow
from accounts.slowing import too_much
from ingest import outcomes
from ingest.presenting import jobs_for, shown_jobs
from ingest.tasks import enqueue_job
from ingest.uploads import (
    NO_COLLECTION,
    NO_DOCUMENT,
    Accepted,
    UploadRefused,
    accept_upload,
    too_large,
    versionable,
)
from knowledge.models import Collection, Document
from knowledge.requests import asker, whole_number

_FORM_BYTES = 1024 * 1024


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch" or "application/json" in request.headers.get("Accept", "")


@allow(Audience.CURATOR)
@require_GET
def upload(request: HttpRequest) -> HttpResponse:
    """With ``document``: for the next version of that one, which has its collection and its name already."""
    user = asker(request)
    meant = _meant(user, request.GET["document"]) if "document" in request.GET else None
    context = {
        "collections": Collection.objects.curated_by(user),
        "meant": meant,
        "next_number": meant.versions.aggregate(last=Max("number", default=0))["last"] + 1 if meant else 0,
        "listed": shown_jobs(user, request.GET.get("state", "")),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "ingest/upload.html", context)


def _meant(user: User, named: str) -> Document:
    try:
        key = uuid.UUID(named)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(versionable(user).select_related("collection"), pk=key)


@allow(Audience.CURATOR)
@require_GET
def upload_jobs(request: HttpRequest) -> HttpResponse:
    """The list alone. When another filter is chosen, the address of the page around it follows."""
    response = _jobs(request)
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    wanted, had = request.GET.get("state", ""), dict(parse_qsl(page.query))
    if page.path == reverse("upload") and wanted != had.get("state", ""):
        kept = {**had, "state": wanted} if wanted else {key: value for key, value in had.items() if key != "state"}
        response["HX-Replace-Url"] = f"{page.path}?{urlencode(kept)}" if kept else page.path
    return response


def _jobs(request: HttpRequest) -> HttpResponse:
    return render(request, "ingest/_jobs.html", {"listed": shown_jobs(asker(request), request.GET.get("state", ""))})


@allow(Audience.CURATOR)
@require_POST
def upload_file(request: HttpRequest) -> HttpResponse:
    """One file with its name from the page's script, any number from the plain form."""
    if whole_number(request.META.get("CONTENT_LENGTH"), 10**15) > settings.UPLOAD_MAX_BYTES + _FORM_BYTES:
        return _answer(request, [], [UploadRefused(too_large(), 413)])
    user = asker(request)
    files = request.FILES.getlist("file")
    try:
        collection, meant = _into(request, user)
    except UploadRefused as error:
        return _answer(request, [], [error])
    if not files:
        return _answer(request, [], [UploadRefused("Choose a file first.")])
    if meant is not None and len(files) > 1:
        return _answer(request, [], [UploadRefused("One file at a time becomes the next version. Choose one.")])
    accepted: list[Accepted] = []
    refused: list[UploadRefused] = []
    for file in files:
        name = request.POST.get("name") if len(files) == 1 else None
        try:
            _count(user, file.size or 0)
            label = name or file.name or ""
            accepted.append(
                accept_upload(user=user, collection=collection, name=label, file=File(file), document=meant)
            )
        except UploadRefused as error:
            refused.append(error)
    return _answer(request, accepted, refused)


def _into(request: HttpRequest, user: User) -> tuple[Collection, Document | None]:
    """Where the files go: the document whose next version they are, or a collection. Raises UploadRefused."""
    if "document" in request.POST:
        try:
            meant = _meant(user, request.POST["document"])
        except Http404 as error:
            raise UploadRefused(NO_DOCUMENT, 404) from error
        return meant.collection, meant
    collection = Collection.objects.curated_by(user).filter(pk=whole_number(request.POST.get("collection"))).first()
    if collection is None:
        raise UploadRefused(NO_COLLECTION, 404)
    return collection, None


def _count(user: User, size: int) -> None:
    try:
        limits.spend(user.pk, limits.Use.UPLOADS)
        limits.spend(user.pk, limits.Use.BYTES, size)
    except limits.TooMuch as refused:
        raise UploadRefused(str(refused), 429, refused.retry_after) from refused


def _answer(request: HttpRequest, accepted: list[Accepted], refused: list[UploadRefused]) -> HttpResponse:
    """JSON for the page's script; a message for each file and the upload page again for the plain form, or the page
    that says when to come back when time alone helps."""
    late = next((error for error in refused if error.retry_after is not None), None)
    if late is not None and not accepted and not _wants_json(request):
        return too_much(request, str(late), late.retry_after or 1)
    if not _wants_json(request):
        for done in accepted:
            messages.success(request, done.message if done.hidden else f"{done.document.name}: {done.message}")
        for error in refused:
            messages.error(request, str(error))
        return redirect("upload")
    if refused:
        headers = {} if late is None else {"Retry-After": str(late.retry_after)}
        return JsonResponse({"message": str(refused[0])}, status=refused[0].status, headers=headers)
    one = accepted[0]
    body = {
        "job": one.job.pk if one.job and not one.hidden else None,
        "outcome": one.outcome,
        "message": one.message,
        "document": None if one.hidden else {"title": one.document.title, "url": _page_of(one, asker(request))},
    }
    return JsonResponse(body, status=200 if one.outcome == "duplicate" else 201)


def _page_of(one: Accepted, user: User) -> str:
    """Nowhere, where whoever uploads could not open it."""
    opens = Document.objects.visible_to(user).filter(pk=one.document.pk).exists()
    return reverse("document", args=[one.document.pk]) if opens else ""


@allow(Audience.CURATOR)
@require_POST
def job_cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(jobs_for(asker(request)), pk=job_id)
    if not outcomes.request_cancel(job, asker(request)):
        messages.info(request, f"{job.version.document.name}: somebody else uploaded it too, so it is read for them.")
    audit.record(asker(request), "ingest.cancelled", job)
    return _after(request)


@allow(Audience.CURATOR)
@require_POST
def job_retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(jobs_for(asker(request)).select_related("version__document"), pk=job_id)
    if outcomes.retry(job):
        audit.record(asker(request), "ingest.retried", job)
        enqueue_job(job.pk)
    return _after(request)


def _after(request: HttpRequest) -> HttpResponse:
    return _jobs(request) if "HX-Request" in request.headers or _wants_json(request) else redirect("upload")

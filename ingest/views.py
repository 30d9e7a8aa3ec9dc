"""The upload page: files come in one by one, and their jobs are shown as they go."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.files import File
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, limits
from accounts.models import User
from accounts.policy import Audience, allow
from accounts.slowing import too_much
from ingest import outcomes
from ingest.presenting import jobs_for, shown_jobs
from ingest.tasks import enqueue_job
from ingest.uploads import NO_COLLECTION, Accepted, UploadRefused, accept_upload, too_large
from knowledge.models import Collection
from knowledge.requests import asker, whole_number

_FORM_BYTES = 1024 * 1024


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch" or "application/json" in request.headers.get("Accept", "")


@allow(Audience.CURATOR)
@require_GET
def upload(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    context = {
        "collections": Collection.objects.curated_by(user),
        "listed": shown_jobs(user, request.GET.get("state", "")),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "ingest/upload.html", context)


@allow(Audience.CURATOR)
@require_GET
def upload_jobs(request: HttpRequest) -> HttpResponse:
    return _jobs(request)


def _jobs(request: HttpRequest) -> HttpResponse:
    return render(request, "ingest/_jobs.html", {"listed": shown_jobs(asker(request), request.GET.get("state", ""))})


@allow(Audience.CURATOR)
@require_POST
def upload_file(request: HttpRequest) -> HttpResponse:
    """One file with its name from the page's script, any number from the plain form."""
    if whole_number(request.META.get("CONTENT_LENGTH"), 10**15) > settings.UPLOAD_MAX_BYTES + _FORM_BYTES:
        return _answer(request, [], [UploadRefused(too_large(), 413)])
    user = asker(request)
    collection = Collection.objects.curated_by(user).filter(pk=whole_number(request.POST.get("collection"))).first()
    files = request.FILES.getlist("file")
    if collection is None:
        return _answer(request, [], [UploadRefused(NO_COLLECTION, 404)])
    if not files:
        return _answer(request, [], [UploadRefused("Choose a file first.")])
    accepted: list[Accepted] = []
    refused: list[UploadRefused] = []
    for file in files:
        name = request.POST.get("name") if len(files) == 1 else None
        try:
            _count(user, file.size or 0)
            accepted.append(
                accept_upload(user=user, collection=collection, name=name or file.name or "", file=File(file))
            )
        except UploadRefused as error:
            refused.append(error)
    return _answer(request, accepted, refused)


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
    body = {"job": one.job.pk if one.job and not one.hidden else None, "outcome": one.outcome, "message": one.message}
    return JsonResponse(body, status=200 if one.outcome == "duplicate" else 201)


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

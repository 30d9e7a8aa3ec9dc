"""Pages about the work on uploads, and reading a document again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest

from accounts import audit
from accounts.administration import ReadOnlyAdmin
from ingest.models import IngestJob, SetAside
from ingest.outcomes import retry
from ingest.tasks import enqueue_job
from knowledge.admin import DocumentAdmin
from knowledge.models import Document


def _retry(request: HttpRequest, jobs: models.QuerySet[IngestJob]) -> None:
    """Puts the newest version's failed job back into the queue; ``retry`` refuses all others."""
    started = 0
    for job in jobs.select_related("version__document"):
        if retry(job):
            started += 1
            enqueue_job(job.pk)
            audit.record(request.user, "ingestjob.retried", job)
    messages.success(request, f"Reading again: {started}. Jobs that are at work or done stay as they are.")


@admin.register(SetAside)
class SetAsideAdmin(ReadOnlyAdmin):
    """Files that were given up, the newest first: those that ended their worker, and those that cannot be read."""

    list_display = ("document", "collection", "uploaded_by", "reason", "error_code", "attempts", "finished")
    list_filter = ("error_code", "version__document__collection")
    list_select_related = ("version__document__collection", "uploaded_by")
    search_fields = ("version__filename", "version__document__title")
    fields = ("version", "uploaded_by", "error_code", "error", "attempts", "created", "started", "finished")
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SetAside]:
        return SetAside.objects.filter(state=IngestJob.State.FAILED, version__document__deleted__isnull=True)

    @admin.display(description="Document", ordering="version__filename")
    def document(self, job: SetAside) -> str:
        return job.version.filename

    @admin.display(description="Collection", ordering="version__document__collection__name")
    def collection(self, job: SetAside) -> str:
        return job.version.document.collection.name

    @admin.display(description="Reason", ordering="error")
    def reason(self, job: SetAside) -> str:
        return job.error

    @admin.action(description="Retry")
    def retry(self, request: HttpRequest, queryset: models.QuerySet[SetAside]) -> None:
        _retry(request, IngestJob.objects.filter(pk__in=queryset.values("pk")))


@admin.register(IngestJob)
class JobAdmin(ReadOnlyAdmin):
    """One job per uploaded version, with the reason when it failed."""

    list_display = (
        "version",
        "state",
        "stage",
        "pages_done",
        "passages_done",
        "attempts",
        "error",
        "created",
        "finished",
    )
    list_filter = ("state", "stage", "error_code")
    list_select_related = ("version__document",)
    fields = (
        *("version", "uploaded_by", "state", "stage", "pages_done", "pages_total", "passages_done", "passages_total"),
        *("attempts", "error_code", "error", "created", "started", "finished"),
    )
    actions = ("read_again",)

    @admin.action(description="Read again")
    def read_again(self, request: HttpRequest, queryset: models.QuerySet[IngestJob]) -> None:
        _retry(request, queryset)


# Reading again belongs to this app, which the knowledge app does not know: its page gets the action here.
admin.site.unregister(Document)


@admin.register(Document)
class ReadableDocumentAdmin(DocumentAdmin):
    actions = (*DocumentAdmin.actions, "read_again")

    @admin.action(description="Read again: after a failure")
    def read_again(self, request: HttpRequest, queryset: models.QuerySet[Document]) -> None:
        _retry(request, IngestJob.objects.filter(version__document__in=queryset.values("pk")))

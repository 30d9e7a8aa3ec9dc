"""How files become passages: one job per uploaded version."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models import DocumentVersion


class IngestJob(models.Model):
    """The work on one version. The database is the queue's truth: a lease says who is at it and until when."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("working")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Stage(models.TextChoices):
        RECEIVED = "received", _("received")
        READING = "reading", _("reading")
        SPLITTING = "splitting", _("splitting")
        EMBEDDING = "embedding", _("embedding")
        SAVING = "saving", _("saving")
        READY = "ready", _("ready")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(DocumentVersion, on_delete=models.CASCADE, related_name="job")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    wanted_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        editable=False,
        help_text=_("Others who uploaded the same bytes while they were being read."),
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED, db_index=True)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.RECEIVED)
    pages_done = models.PositiveIntegerField(default=0)
    pages_total = models.PositiveIntegerField(default=0)
    passages_done = models.PositiveIntegerField(default=0)
    passages_total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    # Running: whose work it is until then. Queued: not to be taken before then (a pause after a transient failure).
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    error_code = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True)
    note = models.TextField(
        blank=True, help_text=_("What went on in spite of a shortcoming, such as one damaged page.")
    )
    created = models.DateTimeField(auto_now_add=True)
    enqueued = models.DateTimeField(null=True, blank=True, help_text=_("When it was last sent to the workers."))
    started = models.DateTimeField(null=True, blank=True)
    stage_since = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        indexes: ClassVar = [models.Index(fields=["state", "lease_until"], name="job_by_lease")]

    def __str__(self) -> str:
        return f"{self.version} {self.state}"

    @property
    def active(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}


class SetAside(IngestJob):
    """The jobs that were given up, as administrators look after them: the reason, and a way to try again."""

    class Meta:
        proxy = True
        ordering = ("-finished",)
        verbose_name = _("document set aside")
        verbose_name_plural = _("documents set aside")

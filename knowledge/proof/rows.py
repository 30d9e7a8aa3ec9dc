"""What each run of the permission proof found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ProbeRun(models.Model):
    """One run. A leak stays an open alarm until an administrator says that it was looked into."""

    class State(models.TextChoices):
        CLEAN = "clean", _("nothing leaked")
        LEAK = "leak", _("a leak")
        BLIND = "blind", _("the probe did not find what it may see, so it proves nothing")
        FAILED = "failed", _("the probe could not run")

    started = models.DateTimeField(db_index=True)
    finished = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices)
    canaries = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0, help_text=_("Searches made"))
    leaks = models.JSONField(default=list, help_text=_("[{probe, door, document}]: seen, but not theirs to see"))
    missed = models.JSONField(default=list, help_text=_("[{probe, door, document}]: theirs to see, but not seen"))
    error = models.CharField(max_length=80, blank=True, help_text=_("The kind of failure, never its text"))
    settled = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering: ClassVar = ["-started", "-pk"]

    def __str__(self) -> str:
        return f"{self.started:%Y-%m-%d %H:%M:%S} {self.state}"

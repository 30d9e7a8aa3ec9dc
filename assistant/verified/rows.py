"""Rows about verified answers: what is said, on which exact words it rests, who vouches for it, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.models import Document, DocumentVersion, Page, Passage, replaced_for

if TYPE_CHECKING:
    from knowledge.access import Asker


class VerifiedQuerySet(models.QuerySet["VerifiedAnswer"]):
    def visible_to(self, user: Asker) -> VerifiedQuerySet:
        """Those all of whose sources this person may read now; any other does not exist for them."""
        visible = Document.objects.visible_to(user).values("pk")
        sources = VerifiedAnswer.sources.through.objects.filter(verifiedanswer_id=OuterRef("pk"))
        return self.filter(Exists(sources), ~Exists(sources.exclude(document_id__in=visible)))

    def servable_to(self, user: Asker) -> VerifiedQuerySet:
        """Those that hold for this person at this moment: every cited version is the current one, in force today, and
        not replaced by a document they may read."""
        cited = VerifiedCitation.objects.filter(verified=OuterRef("pk"))
        today = timezone.localdate()
        replaced = Document.objects.filter(replaced_for(user)).values("pk")
        stale = (
            Q(document__current__isnull=True)
            | ~Q(version_id=F("document__current_id"))
            | Q(document__effective__gt=today)
            | Q(document__effective_until__lt=today)
            | Q(document__in=replaced)
        )
        fit = self.visible_to(user).filter(state=VerifiedAnswer.State.IN_FORCE)
        return fit.filter(Exists(cited), ~Exists(cited.filter(stale)))


class VerifiedAnswer(models.Model):
    """An answer that a reviewer confirmed or wrote. ``question`` is what it answers, as the reviewer put it.

    ``sources`` are all documents whose words it may hold: those cited, and for a model's prose all it was given.
    """

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        CORRECTED = "corrected", _("corrected")

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Why(models.TextChoices):
        CHANGED = "changed", _("A cited document has a new version.")
        DELETED = "deleted", _("A cited document was deleted.")
        EXPIRED = "expired", _("A cited document is no longer in force.")
        SUPERSEDED = "superseded", _("A cited document was replaced by another.")
        DISPUTED = "disputed", _("A second reviewer judged it otherwise.")
        RENEWED = "renewed", _("A newer verified answer took its place.")
        TAKEN_BACK = "taken_back", _("A reviewer took it back.")
        ASKER_GONE = "asker_gone", _("Whoever asked it was erased, and the question with them.")

    question = models.TextField()
    vector = models.BinaryField(default=bytes, help_text=_("Of the question, float32 little-endian"))
    model_id = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sentences = models.JSONField(default=list, help_text=_("[{text, standing, reason, citations: [n]}]"))
    sources = models.ManyToManyField(Document, related_name="+")
    answer = models.ForeignKey(
        "assistant.Answer", null=True, blank=True, on_delete=models.SET_NULL, related_name="verified_from"
    )
    origin = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Whose own words the question is; empty when a reviewer put it otherwise."),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.IN_FORCE, db_index=True)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    lapsed = models.DateTimeField(null=True, blank=True)
    served = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField(auto_now=True, db_index=True)

    objects = VerifiedQuerySet.as_manager()

    told: str = ""  # why it no longer holds, set by whoever shows it to somebody; never stored, for it may be closed

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"verified answer {self.pk}"


class VerifiedCitation(models.Model):
    """A footnote of a verified answer: ``page.text[start:end] == quote``."""

    verified = models.ForeignKey(VerifiedAnswer, on_delete=models.CASCADE, related_name="citations")
    number = models.PositiveIntegerField()
    passage = models.ForeignKey(Passage, null=True, on_delete=models.SET_NULL, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()

    class Meta:
        ordering = ("verified", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["verified", "number"], name="verified_footnote_number_once")
        ]

    def __str__(self) -> str:
        return f"[{self.number}]"

"""Rows about gaps: questions that nothing answered, the groups of them, and what owners said of a group.

No words stand here: a question's text stays in its turn, so that deletion, retention and erasure reach it by
themselves; a document is named by its id. A vector is of the asker's own words.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models import Document


class Gap(models.Model):
    """Unanswered questions that mean the same thing."""

    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    model_id = models.CharField(max_length=80, help_text=_("Whose vectors were compared."))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Who said that they would write it or upload it."),
    )  # fmt: skip
    taken = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-updated",)

    def __str__(self) -> str:
        return f"gap {self.pk}"


class GapQuestion(models.Model):
    """One unanswered question in its group; it goes with the answer, and so with the conversation and the person."""

    answer = models.OneToOneField("assistant.Answer", on_delete=models.CASCADE, related_name="gap_question")
    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="questions")
    vector = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    answered = models.DateTimeField(null=True, blank=True, help_text=_("When a document arrived that answers it."))
    tried = models.BigIntegerField(default=0, help_text=_("Up to which change of the index it was asked again."))

    class Meta:
        ordering = ("created", "id")
        indexes: ClassVar = [
            models.Index(fields=["gap"], condition=models.Q(answered__isnull=True), name="gap_question_open")
        ]

    def __str__(self) -> str:
        return f"question {self.pk} of gap {self.gap_id}"


class GapNear(models.Model):
    """A document that was found nearest to a question, from 0."""

    question = models.ForeignKey(GapQuestion, on_delete=models.CASCADE, related_name="near")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("question", "rank")
        constraints: ClassVar = [models.UniqueConstraint(fields=["question", "document"], name="gap_near_once")]

    def __str__(self) -> str:
        return f"{self.rank}"


class GapRefusal(models.Model):
    """An owner's "not ours": the group is not shown to them again."""

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="refusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["gap", "user"], name="gap_refused_once")]

    def __str__(self) -> str:
        return f"gap {self.gap_id} refused"


class GapPosition(models.Model):
    """One row: up to which change of the index the open questions were asked again."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)

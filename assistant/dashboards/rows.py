"""Rows that keep the figures of days that are over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AnswerDay(models.Model):
    """One day's answers, in counts only: all of them, those from one collection, or those of one answerer.

    Written once the day is over, so it outlives answers that people delete. Today is always counted from the answers.
    """

    class Part(models.TextChoices):
        ALL = "all", _("all answers")
        COLLECTION = "coll", _("of one collection")
        ANSWERER = "by", _("of one answerer")

    day = models.DateField()
    part = models.CharField(max_length=4, choices=Part.choices)
    key = models.CharField(max_length=120, blank=True, help_text=_("The collection's id, the answerer's name."))
    answered = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    asked_back = models.PositiveIntegerField(default=0)
    unfinished = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0, help_text=_("Of the answered: in words that people verified."))
    costs = models.JSONField(
        default=dict, help_text=_("{currency: amount}, the amount as text so that none is rounded")
    )
    times = models.BinaryField(help_text=_("Answers by steps of time, see figures.py"))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "day", "key"], name="answer_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.part} {self.key}".strip()

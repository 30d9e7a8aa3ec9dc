"""Rows of notices: what a person is told, and how they want to be told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    ANSWERED = "answered", _("A question of yours can be answered now")
    REVIEW_BY = "review_by", _("A document of yours should be looked at again")
    SHARED = "shared", _("A colleague shared a conversation with you")
    GAP = "gap", _("People ask what your documents do not say")
    REVIEW = "review", _("An answer waits for your review")
    LAPSED = "lapsed", _("A verified answer of yours has lapsed")
    EVALUATION = "evaluation", _("A measurement has ended, or became worse")
    BUDGET = "budget", _("The budget for language models is nearly used up")
    BACKUP = "backup", _("The nightly backup was not made")


class Mail(models.TextChoices):
    NO = "no", _("No mail")
    ONCE = "once", _("At once")
    DAILY = "daily", _("Once a day")


class Notice(models.Model):
    """One thing a person is told.

    ``text`` is ours and holds no words of documents or questions: where it says ``{it}``, the name of what the notice
    is about is read when it is shown, under the read rule (``naming.py``), so that it goes when the right goes.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=300, help_text=_("A path of this site."))
    about = models.CharField(max_length=80, blank=True, db_index=True, help_text=_("Kind and id: document:3f2…"))
    once = models.CharField(max_length=120, blank=True, help_text=_("Nobody is told the same thing twice."))
    in_app = models.BooleanField(default=True, help_text=_("Stands in the list."))
    created = models.DateTimeField(default=timezone.now, db_index=True)
    read = models.DateTimeField(null=True, blank=True)
    mail_due = models.DateTimeField(null=True, blank=True, help_text=_("When it is to be mailed; empty: not, or done."))
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "once"], condition=~Q(once=""), name="notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created", "-id"], condition=Q(in_app=True), name="notice_list"),
            models.Index(fields=["user"], condition=Q(in_app=True, read__isnull=True), name="notice_unread"),
            models.Index(fields=["mail_due"], condition=Q(mail_due__isnull=False), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class NoticeChoice(models.Model):
    """How one person wants to be told of one kind. Without a row: in the list, and by mail once a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    in_app = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.DAILY)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"

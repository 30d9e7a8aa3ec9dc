"""Rows about reviewing: the policy, the queue with its reasons, and what reviewers said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from knowledge.models import Collection, Document

if TYPE_CHECKING:
    from knowledge.access import Asker

_PERCENT = (MinValueValidator(0.0), MaxValueValidator(100.0))


class ReviewPolicy(models.Model):
    """What puts an answer before a reviewer. There is one row, made when it is first read (see ``policy.current``)."""

    thumbs_down = models.BooleanField(_("answers that readers found unhelpful"), default=True)
    low_grounding = models.BooleanField(_("answers that their quotes bear out badly"), default=True)
    supported_percent = models.FloatField(
        _("sentences that must be supported"), default=75.0, validators=_PERCENT,
        help_text=_(
            "In percent. Below it, or with any sentence that is not supported, an answer counts as badly borne out."
        ),
    )
    conflicts = models.BooleanField(_("answers in which documents contradict each other"), default=True)
    first_uses = models.PositiveSmallIntegerField(
        _("first uses of a new document"), default=3,
        help_text=_("So many answers that cite a document, or a new version of it, for the first time. 0: none."),
    )
    second_percent = models.FloatField(
        _("second opinions"), default=10.0, validators=_PERCENT,
        help_text=_("In percent of what was reviewed, given by another reviewer who does not see the first."),
    )
    urgent_days = models.PositiveSmallIntegerField(
        _("days for what readers complained of"), default=2, validators=[MinValueValidator(1)]
    )
    due_days = models.PositiveSmallIntegerField(
        _("days for everything else"), default=7, validators=[MinValueValidator(1)]
    )
    reworded = models.BooleanField(
        _("verified answers also for questions in other words"), default=False,
        help_text=_(
            "Without it a verified answer is given only to the same question word for word. With it also to questions "
            "found to mean the same; on questions nobody had seen before, 11 of 86 so given were for another question."
        ),
    )

    class Meta:
        verbose_name = _("review policy")

    def __str__(self) -> str:
        return "Review policy"


class ReviewSample(models.Model):
    """The share of a collection's answers that is drawn at random. A collection without a row: none."""

    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="+")
    percent = models.FloatField(default=0.0, validators=_PERCENT)

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.percent:g} %"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def visible_to(self, reviewer: Asker) -> ReviewItemQuerySet:
        """Items all of whose sources this person may read now; any other does not exist for them. One without sources
        is nobody's: who asked may have named what others may not know of."""
        visible = Document.objects.visible_to(reviewer).values("pk")
        sources = ReviewItem.sources.through.objects.filter(reviewitem_id=OuterRef("pk"))
        return self.filter(Exists(sources), ~Exists(sources.exclude(document_id__in=visible)))


class ReviewItem(models.Model):
    """An answer that was put before the reviewers. ``sources``: the documents whose words it may hold."""

    class State(models.TextChoices):
        OPEN = "open", _("to review")
        SECOND = "second", _("waits for a second opinion")
        DONE = "done", _("reviewed")

    answer = models.OneToOneField("assistant.Answer", on_delete=models.CASCADE, related_name="review_item")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    priority = models.PositiveSmallIntegerField(default=0)
    sources = models.ManyToManyField(Document, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due = models.DateField()
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    disagreed = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ("-priority", "created", "pk")
        indexes: ClassVar = [
            models.Index(fields=["state", "-priority", "created"], name="review_queue"),
            models.Index(fields=["assignee", "state"], name="review_by_assignee"),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewCause(models.Model):
    """Why an item is there. ``document`` is the new one that was used, where that is the reason."""

    class Kind(models.TextChoices):
        THUMBS_DOWN = "thumbs_down", _("Found unhelpful")
        LAPSED = "lapsed", _("A verified answer has lapsed")
        GROUNDING = "grounding", _("Badly borne out")
        CONFLICT = "conflict", _("Documents disagree")
        FIRST_USE = "first_use", _("First use of a document")
        SAMPLE = "sample", _("Drawn at random")

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="causes")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "kind"], name="review_cause_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "item"], name="review_by_cause")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class CitationVerdict(models.Model):
    """What a reviewer found of one footnote under one sentence."""

    citation = models.ForeignKey("assistant.Citation", on_delete=models.CASCADE, related_name="verdicts")
    sentence = models.PositiveIntegerField(help_text=_("Position in the answer, from 0"))
    verdict = models.CharField(max_length=16)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["citation", "sentence", "reviewer"], name="footnote_judged_once")
        ]

    def __str__(self) -> str:
        return self.verdict


class Opinion(models.Model):
    """A reviewer's verdict on an answer as a whole. ``second`` was given without seeing the first."""

    class Verdict(models.TextChoices):
        RIGHT = "right", _("Right")
        PARTLY = "partly", _("Partly right")
        WRONG = "wrong", _("Wrong")

    class Reason(models.TextChoices):
        WRONG_FACT = "wrong_fact", _("A fact is wrong")
        WRONG_SOURCE = "wrong_source", _("The source does not say this")
        OUTDATED = "outdated", _("It is out of date")
        MISSING = "missing", _("Something is missing")
        OFF_TOPIC = "off_topic", _("It answers another question")

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="opinions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    comment = models.TextField(blank=True, max_length=2000)
    second = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "reviewer"], name="opinion_once_per_reviewer")]
        indexes: ClassVar = [models.Index(fields=["reviewer", "created"], name="opinion_by_reviewer")]

    def __str__(self) -> str:
        return str(self.get_verdict_display())

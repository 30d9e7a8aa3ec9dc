"""Rows of evaluation: sets and their cases, candidates, runs with what came of each case, and what was promoted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

_NAME = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Small letters, digits and hyphens."))


class EvaluationSet(models.Model):
    """Questions that are asked together. ``version`` grows by one with each change of a case."""

    name = models.CharField(max_length=40, unique=True, validators=[_NAME])
    about = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)
    nightly = models.BooleanField(default=True, help_text=_("Asked every night of today's configuration."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class SetVersion(models.Model):
    """When a version of a set began, by whom, and by what."""

    class Change(models.TextChoices):
        ADDED = "added", _("a case was added")
        CHANGED = "changed", _("a case was changed")
        REMOVED = "removed", _("a case was removed")
        FILLED = "filled", _("filled from the stored questions")

    set = models.ForeignKey(EvaluationSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    change = models.CharField(max_length=8, choices=Change.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("set", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["set", "number"], name="version_once_per_set")]

    def __str__(self) -> str:
        return f"version {self.number}"


class SetCase(models.Model):
    """A case as it is in the versions from ``since`` up to, not including, ``until``. It is never changed: a change
    ends it and begins another of the same ``key``."""

    set = models.ForeignKey(EvaluationSet, on_delete=models.CASCADE, related_name="cases")
    key = models.CharField(max_length=64)
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=32, blank=True)
    asked_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("It is asked with this person's permissions."),
    )
    turns = models.JSONField(default=list, help_text=_("Questions before it in the conversation, oldest first"))
    question = models.TextField()
    answerable = models.BooleanField()
    answer = models.TextField(blank=True, help_text=_("What the answer should say, for people to compare"))
    gold = models.JSONField(default=list, help_text=_("[{document: id, quote}]"))
    sources = models.JSONField(
        default=list, help_text=_("Ids of documents, besides those of the gold, whose words it may hold")
    )
    # Whose question it was: it goes when they are erased, and is never shown.
    origin = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("set", "key")
        constraints: ClassVar = [models.UniqueConstraint(fields=["set", "key", "since"], name="case_once_per_version")]

    def __str__(self) -> str:
        return self.key

    @property
    def documents(self) -> frozenset[str]:
        """Ids of all documents whose words it may hold."""
        return frozenset([*(entry["document"] for entry in self.gold), *self.sources])


class PromptText(models.Model):
    """Rules for language models in an installation's own words. Never changed: another wording is another version."""

    name = models.CharField(
        _("version"), max_length=20, unique=True, validators=[_NAME],
        help_text=_("Answers name it, for example: brief-2."),
    )
    text = models.TextField(max_length=6000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.name


class Candidate(models.Model):
    """Settings that override today's. What is left empty stays as it is today."""

    name = models.CharField(max_length=40, unique=True, validators=[_NAME])
    about = models.CharField(max_length=200, blank=True)
    answerer = models.CharField(max_length=40, blank=True)
    prompt = models.ForeignKey(PromptText, null=True, blank=True, on_delete=models.PROTECT)
    passages = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(2), MaxValueValidator(40)]
    )
    lexical_weight = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    superseded_factor = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    rerank = models.BooleanField(null=True, blank=True)
    threshold = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)])
    calibration = models.ForeignKey(
        "assistant.Calibration", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    shipped = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class SetRun(models.Model):
    """One asking of a version of a set. ``overrides`` are what overrode the environment; a lease says who is at it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        COMPLETE = "complete", _("complete")
        FAILED = "failed", _("broke off")
        STOPPED = "stopped", _("stopped")

    set = models.ForeignKey(EvaluationSet, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    called = models.CharField(max_length=40, blank=True, help_text=_("The candidate's name at the time"))
    baseline = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    nightly = models.BooleanField(default=False)
    overrides = models.JSONField(default=dict)
    world = models.JSONField(default=dict, help_text=_("Models, index and program it ran with"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    why = models.CharField(max_length=200, blank=True)
    worse = models.BooleanField(default=False, help_text=_("Worse than what it was held against, beyond chance"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    token = models.CharField(max_length=32, blank=True)
    lease = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        indexes: ClassVar = [models.Index(fields=["set", "state", "-created"], name="runs_of_a_set")]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def over(self) -> bool:
        return self.state in {self.State.COMPLETE, self.State.FAILED, self.State.STOPPED}


class CaseOutcome(models.Model):
    """What came of one case in one run. Its words are documents' words, so they are shown to their readers alone and
    go when a document goes."""

    class Came(models.TextChoices):
        ANSWERED = "answered", _("answered")
        SILENT = "silent", _("nothing answered")
        FAILED = "failed", _("failed")
        UNASKED = "unasked", _("nobody to ask as")

    run = models.ForeignKey(SetRun, on_delete=models.CASCADE, related_name="outcomes")
    case = models.ForeignKey(SetCase, on_delete=models.CASCADE, related_name="outcomes")
    came = models.CharField(max_length=8, choices=Came.choices)
    score = models.FloatField()
    sentences = models.JSONField(default=list, help_text=_("[{text, standing, quotes}]"))
    notice = models.TextField(blank=True)
    degraded = models.CharField(max_length=32, blank=True, help_text=_("Why it is not the configuration's own answer"))
    documents = models.JSONField(default=list, help_text=_("Ids of what its words may come from"))
    right = models.PositiveSmallIntegerField(default=0)
    leaked = models.PositiveSmallIntegerField(default=0)
    confidence = models.FloatField(null=True, blank=True)
    milliseconds = models.FloatField(default=0)
    tokens = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    currency = models.CharField(max_length=3, blank=True)
    generator = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=32, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("run", "case")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "case"], name="case_once_per_run")]

    def __str__(self) -> str:
        return f"{self.came} {self.score:.2f}"


class Promotion(models.Model):
    """What answers people from this moment on, until the next one. Empty ``overrides``: the environment alone."""

    overrides = models.JSONField(default=dict)
    called = models.CharField(max_length=40, blank=True)
    run = models.ForeignKey(SetRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="promotions")
    interval = models.JSONField(default=dict, help_text=_("{difference, low, high, cases} that let it pass"))
    undid = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("The one that was rolled back by this one"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.called or "the environment's settings"


class ModelCard(models.Model):
    """What administrators say of the models beside what the configuration tells by itself; one row."""

    accountable = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    notes = models.TextField(blank=True, max_length=4000)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return "model card"


class ModelFacts(models.Model):
    """Licence and limits of one model, by the key under which the card lists it."""

    key = models.CharField(max_length=160, unique=True)
    provider = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    limits = models.TextField(blank=True, max_length=2000)

    def __str__(self) -> str:
        return self.key

"""How questions are answered, cited, reviewed and measured."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assistant.apart_rows import Asked
from assistant.dashboards.rows import AnswerDay as AnswerDay
from assistant.endpoints.rows import EndpointHealth as EndpointHealth
from assistant.endpoints.rows import ModelBudget as ModelBudget
from assistant.endpoints.rows import ModelEndpoint as ModelEndpoint
from assistant.endpoints.rows import ModelSpending as ModelSpending
from assistant.evaluating.rows import Candidate as Candidate
from assistant.evaluating.rows import CaseOutcome as CaseOutcome
from assistant.evaluating.rows import EvaluationSet as EvaluationSet
from assistant.evaluating.rows import ModelCard as ModelCard
from assistant.evaluating.rows import ModelFacts as ModelFacts
from assistant.evaluating.rows import Promotion as Promotion
from assistant.evaluating.rows import PromptText as PromptText
from assistant.evaluating.rows import SetCase as SetCase
from assistant.evaluating.rows import SetRun as SetRun
from assistant.evaluating.rows import SetVersion as SetVersion
from assistant.gaps.rows import Gap as Gap
from assistant.gaps.rows import GapNear as GapNear
from assistant.gaps.rows import GapPosition as GapPosition
from assistant.gaps.rows import GapQuestion as GapQuestion
from assistant.gaps.rows import GapRefusal as GapRefusal
from assistant.reviewing.rows import CitationVerdict as CitationVerdict
from assistant.reviewing.rows import Opinion as Opinion
from assistant.reviewing.rows import ReviewCause as ReviewCause
from assistant.reviewing.rows import ReviewItem as ReviewItem
from assistant.reviewing.rows import ReviewPolicy as ReviewPolicy
from assistant.reviewing.rows import ReviewSample as ReviewSample
from assistant.verified.rows import VerifiedAnswer as VerifiedAnswer
from assistant.verified.rows import VerifiedCitation as VerifiedCitation
from knowledge.models import Document, DocumentVersion, Page, Passage


class Standing(models.TextChoices):
    """How a sentence stands to its quotes."""

    SUPPORTED = "supported", _("supported")
    PARTLY = "partly", _("partly supported")
    UNSUPPORTED = "unsupported", _("not supported")


class Conversation(models.Model):
    """A person's own thread of questions. Nobody else sees it, unless its owner shares it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True, db_index=True)
    apart = models.BooleanField(default=False, editable=False, help_text=_("Made to measure or replay, not asked"))

    objects = Asked["Conversation"]()
    everything: ClassVar[models.Manager[Conversation]] = models.Manager()

    about: str = ""  # titles of documents, set by whoever lists it for its owner; never stored, for they may be closed

    class Meta:
        ordering = ("-updated",)

    def __str__(self) -> str:
        return self.title or "New conversation"


class Share(models.Model):
    """Opens a conversation to a colleague for reading, until it is taken back. What they see of it is what they may
    read themselves (see ``sharing.py``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shared_conversations")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="shared_once_per_person")
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"


class Turn(models.Model):
    """A question. ``parent`` is the turn before it; editing a question makes a sibling with the same parent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    question = models.TextField()
    mode = models.CharField(max_length=16, blank=True, help_text=_("What is wanted when it is no plain question."))
    params = models.JSONField(default=dict, help_text=_("{documents: [id], columns: [name], mail: text}, by mode"))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created",)

    def __str__(self) -> str:
        return self.question[:80]


class Answer(models.Model):
    """What was said to a turn, and everything needed to know why."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting for the answer before it")
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("answering")
        COMPLETE = "complete", _("complete")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="answers")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    abstained = models.BooleanField(default=False)
    degraded = models.CharField(max_length=32, blank=True, help_text=_("Why only passages are shown, if so."))
    notice = models.TextField(blank=True, help_text=_("A sentence for the reader about how this answer came about."))
    text = models.TextField(blank=True)
    sentences = models.JSONField(default=list, help_text=_("[{text, standing, reason, citations: [n]}]"))
    sentence_count = models.PositiveIntegerField(default=0)
    retrieved = models.JSONField(
        default=list, help_text=_("[{passage_id, document_id, version_id, score, …}] in rank order, ids only")
    )
    layout = models.JSONField(
        default=dict, help_text=_("How a mode's sentences are set: {groups: […]} or {columns, rows}, by their numbers")
    )
    correction = models.ForeignKey(
        "Review", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("What a reviewer wrote about the same question, shown with this answer."),
    )
    verified = models.ForeignKey(
        VerifiedAnswer, null=True, blank=True, on_delete=models.SET_NULL, related_name="given",
        help_text=_("The verified answer whose words these are."),
    )
    disagreements = models.JSONField(
        default=list, help_text=_("[{kind, sides: [{citation, said}]}]: where documents differ about what was asked")
    )
    asked_back = models.CharField(
        max_length=8, blank=True, help_text=_("empty, pointing or split: why the question was asked back")
    )
    readings = models.JSONField(
        default=list, help_text=_("[{label, question, document_id, passage_id}]: what may have been meant")
    )
    steps = models.JSONField(default=list, help_text=_("What was done, in words"))
    scope = models.JSONField(default=list, help_text=_("Ids of the collections that were searched"))
    searched_as = models.TextField(blank=True, help_text=_("The question as it was searched, follow-ups resolved"))
    confidence = models.FloatField(null=True, blank=True)
    signs = models.JSONField(default=dict, help_text=_("What the confidence was computed from, by name"))
    wanted = models.CharField(max_length=120, blank=True, help_text=_("The answerer the asker chose, if any"))
    generator = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=32, blank=True)
    timings_ms = models.JSONField(default=dict)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_estimated = models.BooleanField(default=False, help_text=_("Some endpoint did not count its tokens"))
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    currency = models.CharField(max_length=3, blank=True)
    endpoint = models.CharField(max_length=120, blank=True, help_text=_("The language model whose words these are"))
    model = models.CharField(max_length=120, blank=True)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    calls = models.JSONField(default=list, help_text=_("What was asked of language models, see endpoints/calls.py"))
    stop_requested = models.BooleanField(default=False)
    followed = models.DateTimeField(null=True, blank=True, help_text=_("When somebody last listened to the stream"))
    beat = models.DateTimeField(null=True, blank=True, help_text=_("Last sign of life of the process that answers"))
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)
    made_with = models.JSONField(
        default=dict, help_text=_("Digest of what was visible, index, models, policy and configuration; ids only")
    )
    apart = models.BooleanField(default=False, editable=False, help_text=_("Made to measure or replay, not asked"))
    fed = models.BooleanField(default=False, editable=False, help_text=_("The review policy has looked at it"))

    objects = Asked["Answer"]()
    everything: ClassVar[models.Manager[Answer]] = models.Manager()

    class Meta:
        ordering = ("created",)
        indexes: ClassVar = [
            models.Index(fields=["created"], name="answer_by_time"),
            models.Index(fields=["degraded", "created"], name="answer_by_shortcoming"),
            # Of many thousands a few are being made, and they are looked for all the time.
            models.Index(fields=["state", "created"], name="answer_by_state"),
            models.Index(fields=["created"], condition=models.Q(finished__isnull=True), name="answer_unfinished"),
            models.Index(fields=["finished"], condition=models.Q(fed=False), name="answer_unfed"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def finished_state(self) -> bool:
        return self.state in {self.State.COMPLETE, self.State.STOPPED, self.State.FAILED}


class AnswerEvent(models.Model):
    """What happened while answering, in order, so that a reload or another process can follow from any point."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("answer", "seq")
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "seq"], name="event_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Citation(models.Model):
    """A footnote: the exact words that support a sentence. ``page.text[start:end] == quote``.

    The passage may be gone one day (a new chunker); version, page, offsets and the quote's hash keep the citation true.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="citations")
    number = models.PositiveIntegerField()
    passage = models.ForeignKey(Passage, null=True, on_delete=models.SET_NULL, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    quote_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("answer", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "number"], name="footnote_number_once")]

    def __str__(self) -> str:
        return f"[{self.number}]"


class Feedback(models.Model):
    """A reader's thumb."""

    class Reason(models.TextChoices):
        WRONG_FACT = "wrong_fact", _("A fact is wrong")
        WRONG_SOURCE = "wrong_source", _("The source does not say this")
        OUTDATED = "outdated", _("It is out of date")
        MISSING = "missing", _("Something is missing")
        SHOULD_NOT_SEE = "should_not_see", _("I should not have seen this")

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    helpful = models.BooleanField()
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    comment = models.TextField(blank=True, max_length=2000)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "user"], name="feedback_once_per_person")]
        indexes: ClassVar = [models.Index(fields=["created", "helpful"], name="feedback_by_time")]

    def __str__(self) -> str:
        return "helpful" if self.helpful else self.reason or "not helpful"


class Review(models.Model):
    """A reviewer's verdict on one sentence of an answer, with a correction where there is one."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="reviews")
    sentence = models.PositiveIntegerField(help_text=_("Position in the answer, from 0"))
    verdict = models.CharField(max_length=16, choices=Standing.choices)
    correction = models.TextField(blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "sentence", "reviewer"], name="verdict_once_per_reviewer")
        ]
        indexes: ClassVar = [models.Index(fields=["created", "verdict"], name="verdict_by_time")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}"


class EvalCase(models.Model):
    """A question with its gold answer, for measuring."""

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)
    half = models.CharField(max_length=8)
    asked_as = models.CharField(max_length=150)
    turns = models.JSONField(default=list)
    question = models.TextField()
    answerable = models.BooleanField()
    answer = models.TextField(blank=True)
    gold = models.JSONField(default=list, help_text=_("[{document, quote}]"))

    def __str__(self) -> str:
        return self.key


class EvalRun(models.Model):
    """One measuring of the cases: the recipe and the figures."""

    started = models.DateTimeField(auto_now_add=True)
    half = models.CharField(max_length=8)
    generator = models.CharField(max_length=120)
    model_id = models.CharField(max_length=80)
    figures = models.JSONField(default=dict)
    results = models.JSONField(default=list)

    class Meta:
        ordering = ("-started",)

    def __str__(self) -> str:
        return f"{self.started:%Y-%m-%d %H:%M} {self.half}"


class Calibration(models.Model):
    """One fit of the probability that the documents answer, with what it is worth and the threshold chosen from it."""

    class Target(models.TextChoices):
        WRONG = "wrong", _("of the answers shown are wrong")
        REFUSED = "refused", _("of the answerable questions are refused")

    created = models.DateTimeField(auto_now_add=True)
    model_id = models.CharField(max_length=80)
    recipe = models.CharField(max_length=64, help_text=_("How documents are cut and sentences ranked and judged"))
    bias = models.FloatField()
    weights = models.JSONField(help_text=_("By the names of the signs"))
    data = models.JSONField(default=list, help_text=_("[{name, questions, answerable}]"))
    figures = models.JSONField(default=dict, help_text=_("Of questions that the fit had not seen"))
    bins = models.JSONField(default=list, help_text=_("[{said, seen, questions}]"))
    curve = models.JSONField(default=list, help_text=_("[{threshold, coverage, wrong, refused}]"))
    target = models.CharField(max_length=8, choices=Target.choices, default=Target.REFUSED)
    most = models.FloatField(default=0.05, help_text=_("The share that the target allows, 0 to 1"))
    threshold = models.FloatField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.created:%Y-%m-%d %H:%M} {self.model_id}"

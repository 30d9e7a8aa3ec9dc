"""Pages about questions and answers in numbers. What people asked and were answered is theirs: it is not shown here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.administration import ReadOnlyAdmin
from assistant.endpoints import admin as endpoints  # noqa: F401  # registers its pages
from assistant.models import Answer, AnswerDay, Calibration, Citation, EvalCase, EvalRun, Feedback, Review, Share


class AnswererFilter(admin.SimpleListFilter):
    """The answerers of the days that are rolled up; Django's own would read all answers to learn them."""

    title = "answerer"
    parameter_name = "answerer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = AnswerDay.objects.filter(part=AnswerDay.Part.ANSWERER).order_by("key").values_list("key", flat=True)
        return [(name, name) for name in names.distinct()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(generator=self.value()) if self.value() else queryset


def _footnotes() -> models.QuerySet[Citation, Any]:
    """Counted for the answers on the page alone."""
    own = Citation.objects.filter(answer=models.OuterRef("pk")).order_by().values("answer")
    return own.annotate(n=models.Count("pk")).values("n")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """How answering goes: states, times and the model, without a word of question or answer."""

    list_display = ("id", "state", "abstained", "degraded", "generator", "citation_count", "milliseconds", "created")
    list_filter = ("state", "abstained", AnswererFilter, "created")
    fields = (
        *("id", "state", "abstained", "degraded", "generator", "prompt_version", "confidence"),
        *("endpoint", "model", "tokens_in", "tokens_out", "tokens_estimated", "cost", "currency"),
        *("first_token_ms", "timings_ms", "calls", "created", "finished"),
    )
    ordering = ("-created",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Answer]:
        heavy = ("text", "sentences", "retrieved", "steps", "searched_as", "notice")
        return Answer.objects.defer(*heavy).annotate(footnotes=models.Subquery(_footnotes()))

    @admin.display(description="Footnotes")
    def citation_count(self, answer: Answer) -> int:
        return int(getattr(answer, "footnotes", 0) or 0)

    @admin.display(description="Milliseconds")
    def milliseconds(self, answer: Answer) -> str:
        total = answer.timings_ms.get("total")
        return "" if total is None else f"{total:.0f}"


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Verdicts of reviewers. The sentences and corrections are seen in the review queue, by those who may read them."""

    list_display = ("answer_id", "sentence", "verdict", "reviewer", "updated")
    list_filter = ("verdict", ("reviewer", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("reviewer",)
    ordering = ("-created",)
    fields = ("sentence", "verdict", "reviewer", "created", "updated")


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """Who opened a conversation to whom; not a word of it."""

    list_display = ("conversation_id", "owner", "user", "created")
    list_filter = ("created",)
    fields = ("conversation_id", "owner", "user", "created")

    @admin.display(description="Shared by", ordering="conversation__user")
    def owner(self, share: Share) -> str:
        return str(share.conversation.user)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    """Thumbs, their reasons, and what people wrote for those who run this."""

    list_display = ("answer_id", "helpful", "reason", "created")
    list_filter = ("helpful", "reason", "created")
    ordering = ("-created",)
    fields = ("helpful", "reason", "comment", "created")


@admin.register(EvalCase)
class CaseAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Questions with gold answers for measuring. They come from files; the gold words are not shown here."""

    list_display = ("key", "kind", "half", "asked_as", "question", "answerable")
    list_filter = ("kind", "half", "answerable", "asked_as")
    search_fields = ("key", "question")
    fields = ("key", "kind", "half", "asked_as", "question", "answerable")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(EvalRun)
class RunAdmin(ReadOnlyAdmin):
    """Measurements: the recipe and the figures."""

    list_display = ("started", "half", "generator", "model_id")
    list_filter = ("half", "generator")
    fields = ("started", "half", "generator", "model_id", "figures")


@admin.register(Calibration)
class CalibrationAdmin(ReadOnlyAdmin):
    """Fits of the probability that the documents answer. The target is chosen on the page "When to stay silent"."""

    list_display = ("created", "model_id", "recipe", "target", "most", "threshold", "chosen_by")
    fields = (
        *("created", "model_id", "recipe", "data", "figures", "bias", "weights"),
        *("target", "most", "threshold", "chosen_by"),
    )

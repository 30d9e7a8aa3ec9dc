"""Pages for administrators: the language models in their order, what they may cost, and what they did cost."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from accounts import audit
from accounts.administration import AuditedAdmin, ReadOnlyAdmin
from assistant.endpoints import breaker
from assistant.endpoints.rows import ModelBudget, ModelEndpoint, ModelSpending
from assistant.endpoints.spending import account
from assistant.endpoints.value import ENVIRONMENT, Endpoint, row_id
from assistant.generators.trying import try_out
from knowledge.errors import ConfigurationError


@admin.register(ModelEndpoint)
class EndpointAdmin(AuditedAdmin):
    """Asked in this order until one begins to answer; when none does, the quoting answerer answers."""

    list_display = ("name", "model", "priority", "serves", "enabled", "standing")
    list_editable = ("priority", "enabled")
    list_filter = ("enabled", "serves")
    actions = ("try_selected",)
    actions_submit_line = ("save_and_try",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "base_url", "model", "key_name", "enabled"),
                "description": "A server that speaks the OpenAI chat protocol: vLLM, Ollama, llama.cpp, Azure, OpenAI. "
                "It receives the question and the passages that the asker may read. If it fails, the next model is "
                "asked, and at last the quoting answerer, which needs no model.",
            },
        ),
        ("When it is asked", {"fields": ("priority", "serves", "context_window", "max_tokens")}),
        (
            "How long it is waited for",
            {"fields": (("connect_seconds", "first_token_seconds"), ("idle_seconds", "total_seconds"))},
        ),
        (
            "What it costs",
            {
                "fields": (("price_in", "price_out", "currency"),),
                "description": "From the provider's price list. Each answer then shows what it cost, and the budget "
                "of the month counts it.",
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and settings.GENERATOR == "openai":
            standing = breaker.in_words(ENVIRONMENT)
            messages.info(
                request,
                f"Before these, the model {settings.GENERATOR_MODEL} of the server's environment is asked "
                f"(FOOTNOTE_GENERATOR_URL; {standing}).",
            )
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown

    @admin.display(description="Now")
    def standing(self, row: ModelEndpoint) -> str:
        return breaker.in_words(row_id(row)) if row.enabled else "off"

    @admin.action(description="Try it: asks each for one word and says what came back")
    def try_selected(self, request: HttpRequest, queryset: models.QuerySet[ModelEndpoint]) -> None:
        for row in queryset:
            _try(request, row)

    @action(description="Save and try it")  # type: ignore[untyped-decorator]  # unfold ships no types
    def save_and_try(self, request: HttpRequest, obj: ModelEndpoint) -> None:
        _try(request, obj)


def _try(request: HttpRequest, row: ModelEndpoint) -> None:
    audit.record(request.user, "modelendpoint.tried", row)
    try:
        endpoint = Endpoint.from_row(row)
    except ConfigurationError as error:
        messages.error(request, f"{row.name}: {error}")
        return
    tried = try_out(endpoint)
    messages.add_message(request, messages.SUCCESS if tried.ok else messages.ERROR, f"{row.name}: {tried.said}")


@admin.register(ModelBudget)
class BudgetAdmin(AuditedAdmin):
    """One budget per currency. Without one, nothing is stopped."""

    list_display = ("currency", "monthly", "warn_percent", "spent")
    fields = ("currency", "monthly", "warn_percent")

    @admin.display(description="Used this month")
    def spent(self, row: ModelBudget) -> str:
        now = account(row.currency)
        said = f"{now.spent:.2f} {row.currency} ({now.percent} %)"
        return f"{said}: used up" if now.over else f"{said}: nearly used up" if now.warn else said


@admin.register(ModelSpending)
class SpendingAdmin(ReadOnlyAdmin):
    """What each model used on each day, in counts only."""

    list_display = ("day", "endpoint", "model", "calls", "failed", "tokens_in", "tokens_out", "cost", "currency")
    list_filter = ("day", "endpoint", "currency")
    date_hierarchy = "day"
    fields = (*list_display, "estimated")

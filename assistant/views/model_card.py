"""The model card: for everybody to read, for administrators to complete."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow, covers
from assistant.models import ModelCard, ModelFacts
from assistant.showing.model_card import card, models


class CardForm(forms.ModelForm[ModelCard]):
    class Meta:
        model = ModelCard
        fields = ("accountable", "notes")
        labels: ClassVar = {"accountable": "Accountable person", "notes": "What people should know"}
        widgets: ClassVar = {"notes": forms.Textarea({"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("username")
        self.fields["accountable"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField's


class FactsForm(forms.ModelForm[ModelFacts]):
    class Meta:
        model = ModelFacts
        fields = ("provider", "licence", "limits")
        labels: ClassVar = {"limits": "Known limits"}
        widgets: ClassVar = {"limits": forms.Textarea({"rows": 2})}


@require_GET
@allow(Audience.SIGNED_IN)
def model_card(request: HttpRequest) -> HttpResponse:
    # What a set is called may tell of documents: it is for those who may open it.
    told = {
        "card": card(),
        "manages": covers(Audience.ADMINISTRATOR, request.user),
        "names_sets": covers(Audience.REVIEWER, request.user),
    }
    return render(request, "assistant/model_card.html", told)


@require_http_methods(["GET", "POST"])
@allow(Audience.ADMINISTRATOR)
def model_card_edit(request: HttpRequest) -> HttpResponse:
    data = request.POST or None
    row = ModelCard.objects.order_by("pk").first() or ModelCard()
    facts = {one.key: one for one in ModelFacts.objects.all()}
    form = CardForm(data, instance=row)
    # By the model's key and not by its place, which moves when another model comes while somebody writes.
    parts = [
        (one, FactsForm(data, instance=facts.get(one.key) or ModelFacts(key=one.key), prefix=f"model-{one.key}"))
        for one in models()
    ]
    valid = [form.is_valid(), *(part.is_valid() for _, part in parts)]
    if request.method == "POST" and all(valid):
        saved = form.save()
        for _, part in parts:
            if part.has_changed():
                part.save()
        audit.record(request.user, "modelcard.changed", saved)
        messages.success(request, "Saved. Everybody sees it on the card.")
        return redirect("model_card")
    status = 422 if request.method == "POST" else 200
    return render(request, "assistant/model_card_edit.html", {"form": form, "parts": parts}, status=status)

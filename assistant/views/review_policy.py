"""The administrators' page about what comes before reviewers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.models import User
from accounts.policy import Audience, allow
from assistant.models import ReviewPolicy, ReviewSample
from assistant.reviewing.feeding import current_policy
from knowledge.models import Collection
from knowledge.requests import asker


class PolicyForm(forms.ModelForm[ReviewPolicy]):
    """The rules, and under ``rate-<id>`` the share drawn of each collection's answers."""

    class Meta:
        model = ReviewPolicy
        fields = (
            "thumbs_down", "low_grounding", "supported_percent", "conflicts", "first_uses", "second_percent",
            "urgent_days", "due_days", "reworded",
        )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        rates = dict(ReviewSample.objects.values_list("collection", "percent"))
        self.collections = list(Collection.objects.order_by("name"))
        for one in self.collections:
            self.fields[f"rate-{one.pk}"] = forms.FloatField(
                label=f"Drawn at random of “{one.name}”, in percent", min_value=0, max_value=100, required=False,
                initial=rates.get(one.pk, 0), widget=forms.NumberInput({"step": "any"}),
            )  # fmt: skip

    def keep(self, by: User) -> None:
        with transaction.atomic():
            policy = self.save()
            for one in self.collections:
                percent = self.cleaned_data.get(f"rate-{one.pk}") or 0.0
                ReviewSample.objects.update_or_create(collection=one, defaults={"percent": percent})
            audit.record(by, "review.policy_changed", policy)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Audience.ADMINISTRATOR)
def review_policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=current_policy())
    if request.method == "POST" and form.is_valid():
        form.keep(asker(request))
        messages.success(request, "Saved. The next answers follow it.")
        return redirect("review_policy")
    status = 422 if request.method == "POST" else 200
    return render(request, "assistant/review_policy.html", {"form": form}, status=status)

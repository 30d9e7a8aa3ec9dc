"""The administrators' page about silence: what a threshold costs and saves, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policy import Audience, allow
from assistant import charts
from assistant.abstention import policy
from assistant.abstention.calibrating import TargetOutOfReach, aim, now, points
from assistant.abstention.fitting import Point
from assistant.models import Calibration
from knowledge.requests import asker

_ROWS = 14  # of the table beneath the picture


class TargetForm(forms.Form):
    """What share of which mistake is borne."""

    most = forms.FloatField(
        label="At most, in percent", min_value=0, max_value=100, widget=forms.NumberInput({"step": "0.1"})
    )
    target = forms.ChoiceField(label="What that is a share of", choices=Calibration.Target.choices)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Audience.ADMINISTRATOR)
def abstention(request: HttpRequest) -> HttpResponse:
    newest = Calibration.objects.select_related("chosen_by").order_by("-created").first()
    why_not = policy.mismatch(newest) if newest else ""
    if request.method != "POST" or newest is None:
        form = TargetForm(initial={"target": newest.target, "most": round(100 * newest.most, 2)} if newest else None)
        return _page(request, newest, why_not, form)
    form = TargetForm(request.POST)
    if form.is_valid():
        try:
            aim(newest, form.cleaned_data["target"], form.cleaned_data["most"] / 100, asker(request))
        except TargetOutOfReach as refused:
            form.add_error("most", str(refused))
        else:
            messages.success(request, "Saved. The next answers follow it.")
            return redirect("abstention")
    return _page(request, newest, why_not, form, status=422)


def _page(
    request: HttpRequest, row: Calibration | None, why_not: str, form: TargetForm, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"row": row, "why_not": why_not, "form": form, "default": policy.default().threshold}
    if row is not None:
        curve, here = points(row), now(row)
        shown = [point for point in curve if point.coverage > 0]
        limit = row.most if row.target == Calibration.Target.WRONG else None
        context |= {
            "here": here,
            "percent": round(100 * row.most, 1),
            "rows": _few(shown, here),
            "picture": charts.curve(
                [(point.coverage, point.wrong) for point in shown], (here.coverage, here.wrong), limit
            ),
        }
    return render(request, "assistant/abstention.html", context, status=status)


def _few(shown: Sequence[Point], here: Point) -> list[Point]:
    """Rows spread over the curve, and the one that holds."""
    step = -(-len(shown) // _ROWS) or 1
    return [point for at, point in enumerate(shown) if at % step == 0 or point == here]

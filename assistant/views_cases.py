"""From the review page to the evaluation set, in one click."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.policy import Audience, allow
from assistant import reviews
from assistant.evaluating import cases
from knowledge.requests import asker


@require_POST
@allow(Audience.REVIEWER)
def review_case(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Makes a case of an answer as it was judged."""
    user = asker(request)
    found = reviews.find(user, answer_id)
    if found is None:
        raise Http404
    try:
        case = cases.from_review(found, user)
    except cases.CaseRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"In the evaluation set “{case.set.name}”, version {case.set.version}.")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back) if safe else redirect("review_item", answer_id)

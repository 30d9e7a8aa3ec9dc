"""The page of gaps, for those who keep documents."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.policy import Audience, allow
from assistant.gaps.rows import Gap, GapRefusal
from assistant.gaps.showing import can_add, find, gaps_for
from knowledge.requests import asker

_THEN = {"write": "upload_write", "upload": "upload", "take": "gaps"}


@require_GET
@allow(Audience.SIGNED_IN)
def gaps(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    return render(request, "gaps/gaps.html", {"gaps": gaps_for(user), "can_add": can_add(user)})


@require_POST
@allow(Audience.SIGNED_IN)
def gap_settle(request: HttpRequest, gap_id: int) -> HttpResponse:
    """``how``: write, upload or take (this person sees to it), or refuse (it is not theirs)."""
    user = asker(request)
    gap = find(user, gap_id)
    how = request.POST.get("how", "")
    if gap is None or how not in {*_THEN, "refuse"}:
        raise Http404
    if how == "refuse":
        GapRefusal.objects.get_or_create(gap=gap, user=user)
        audit.record(user, "gap.refused", gap)
        return redirect("gaps")
    Gap.objects.filter(pk=gap.pk).update(taken_by=user, taken=timezone.now())
    audit.record(user, "gap.taken", gap, how=how)
    return redirect(_THEN[how] if how == "take" or can_add(user) else "gaps")

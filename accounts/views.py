"""A person's own sign-ins."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import Audience, allow
from accounts.requests import person
from accounts.sessions import end, end_others, sessions_of


@require_GET
@allow(Audience.SIGNED_IN)
def sessions(request: HttpRequest) -> HttpResponse:
    found = sessions_of(person(request), request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": found})


@require_POST
@allow(Audience.SIGNED_IN)
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ends one; ending the one this is said from is signing out."""
    user = person(request)
    own = next((view for view in sessions_of(user, request.session.session_key) if view.id == session_id), None)
    if own is None or not end(user, session_id):
        raise Http404
    if own.is_this:
        logout(request)
        return redirect("account_login")
    messages.success(request, f"{own.device} is signed out.")
    return redirect("sessions")


@require_POST
@allow(Audience.SIGNED_IN)
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    count = end_others(person(request), request.session.session_key)
    messages.success(request, f"Signed out everywhere else: {count} session{'' if count == 1 else 's'} ended.")
    return redirect("sessions")

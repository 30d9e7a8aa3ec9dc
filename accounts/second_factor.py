"""The second factor of sign-in: asked of administrators where the settings say so, and not open to guessing."""

from __future__ import annotations

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin

from accounts import audit
from accounts.limits import TooMuch, Use, spend
from accounts.models import User

# Where somebody who must set one up may go meanwhile.
_OPEN = ("/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/", "/health/")
_SET_UP = "Your account manages others, so it needs a second factor before you go on: set one up here."


class RequiredMiddleware(MiddlewareMixin):
    """Leads administrators without a second factor to the page that sets one up, and lets them do nothing else."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        person = request.user
        if not settings.STAFF_MFA or not isinstance(person, User) or not person.is_administrator:
            return None
        if request.path_info.startswith(_OPEN) or is_mfa_enabled(person, ["totp"]):
            return None
        if request.method not in {"GET", "HEAD"}:
            return render(request, "403.html", status=403)
        messages.warning(request, _SET_UP)
        return redirect("mfa_activate_totp")


class _Counted:
    """Guesses of a person's codes are counted, also over several sign-ins."""

    user: User

    def clean_code(self) -> str:
        try:
            spend(self.user.pk, Use.CODES)
        except TooMuch as refused:
            raise forms.ValidationError(str(refused)) from refused
        try:
            return str(super().clean_code())  # type: ignore[misc]  # of allauth's form, see below
        except forms.ValidationError:
            audit.record(None, "signin.code_failed", self.user)
            raise


class CountedAuthenticateForm(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code after the password."""


class CountedReauthenticateForm(_Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code before something that matters."""

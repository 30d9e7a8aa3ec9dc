"""Sign-in as this house wants it: nobody makes their own account, and a company sign-in opens a known person's."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.app_settings import REQUESTS_TIMEOUT
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts import audit
from accounts.company_http import GuardedSession
from accounts.models import User
from accounts.signals import named_person

REFUSED = (
    "Your company sign-in worked, but it does not open an account here. "
    "Ask an administrator of Footnote to check the e-mail address of your account."
)


def client_ip(request: HttpRequest) -> str:
    """The address that a request came from, for throttling.

    Only the socket is believed, because anybody can send an X-Forwarded-For header. Behind n proxies of one's own
    (FOOTNOTE_PROXIES=n) the n-th entry from the right is the one that the outermost of them wrote.
    """
    socket = str(request.META.get("REMOTE_ADDR") or "")
    proxies = int(settings.PROXIES)
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-proxies] if 0 < proxies <= len(forwarded) else socket


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The user name that a sign-in names, so that failures by name and by e-mail address count together.

    The throttle keeps what this gives. A name that nobody has may be a password in the wrong field: it is hashed.
    """
    given = credentials or {"login": request.POST.get("login", "")}
    person = named_person(given)
    if person is not None:
        return person.get_username()
    typed = str(given.get("username") or given.get("email") or given.get("login") or "").strip().lower()
    return "unknown-" + hashlib.sha256(typed.encode()).hexdigest()[:24]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Local accounts: made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Never empty: behind a Unix socket there is no address."""
        return client_ip(request) or "0.0.0.0"  # noqa: S104  # names nobody, binds nothing


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Company sign-in (OIDC): a verified e-mail address decides whose account it opens."""

    def get_requests_session(self) -> GuardedSession:
        return GuardedSession(timeout=REQUESTS_TIMEOUT)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ties a first company sign-in to the person with its verified address; refuses what is not clear."""
        if sociallogin.is_existing:
            return
        addresses = verified_addresses(sociallogin)
        people = list(User.objects.annotate(address=Lower("email")).filter(address__in=addresses))
        if not addresses or len(people) > 1 or any(not person.is_active for person in people):
            audit.record(None, "signin.company_refused")
            messages.error(request, REFUSED)
            raise ImmediateHttpResponse(redirect("account_login"))
        if people:
            sociallogin.connect(request, people[0])
            audit.record(people[0], "signin.company_connected", people[0])

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """A colleague who is new here becomes a reader, when the company's sign-in vouches for their address."""
        return bool(settings.SOCIALACCOUNT_PROVIDERS) and bool(verified_addresses(sociallogin))


def verified_addresses(sociallogin: SocialLogin) -> list[str]:
    return [address.email.lower() for address in sociallogin.email_addresses if address.verified and address.email]

"""What a person sees who has used all they may just now: 429 with the time to come back at."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from accounts.limits import TooMuch, Use, spend

_UNKNOWN_SECONDS = 60  # where another package refuses and does not say for how long


class SlowingMiddleware(MiddlewareMixin):
    """Counts the requests of signed-in people and answers for views that raise TooMuch."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        person = request.user.pk
        if person is None:
            return None
        try:
            spend(person, Use.REQUESTS)
        except TooMuch as refused:
            return too_much(request, str(refused), refused.retry_after)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooMuch):
            return None
        return too_much(request, str(exception), exception.retry_after)


def too_much(request: HttpRequest, message: str, retry_after: int) -> HttpResponse:
    """A sentence for the page's scripts, a page for people."""
    headers = {"Retry-After": str(retry_after), "Cache-Control": "private, no-store"}
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request") == "true":
        return HttpResponse(message, status=429, content_type="text/plain; charset=utf-8", headers=headers)
    return _page(request, message, retry_after, headers)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler429`` of the site, which allauth calls."""
    seconds = _UNKNOWN_SECONDS
    return _page(request, "", seconds, {"Retry-After": str(seconds), "Cache-Control": "no-store"})


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: object) -> HttpResponse:
    """The answer of the sign-in throttle. It names the whole pause: what is left of it is nobody's business."""
    seconds = int(settings.AXES_COOLOFF_TIME * 3600)
    page = render(request, "account/lockout.html", {"back": _after(seconds)}, status=429)
    page["Retry-After"] = str(seconds)
    return page


def _page(request: HttpRequest, message: str, seconds: int, headers: dict[str, str]) -> HttpResponse:
    context = {"message": message, "back": _after(seconds)}
    page = render(request, "429.html", context, status=429)
    for name, value in headers.items():
        page[name] = value
    return page


def _after(seconds: int) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)

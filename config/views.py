"""Addresses of the installation itself: is it well, and what do its parts look like."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.policy import Audience, allow, covers
from config.health import examine


@require_safe
@never_cache
@allow(Audience.ANYONE)
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` or ``not ok`` (503) for everybody; administrators also read which part is not."""
    parts = examine()
    well = all(part.well for part in parts if part.vital)
    status = 200 if well else 503
    if covers(Audience.ADMINISTRATOR, request.user):
        return JsonResponse({"ok": well, "parts": {part.name: part.words for part in parts}}, status=status)
    return HttpResponse("ok" if well else "not ok", status=status, content_type="text/plain")


@require_safe
@allow(Audience.ANYONE)
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for it here when a page names none, as on pages of others."""
    return HttpResponseRedirect(static("img/favicon.svg"))


@require_GET
@allow(Audience.ANYONE if settings.DEBUG else Audience.ADMINISTRATOR)
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, to design and test against."""
    return render(request, "styleguide.html")

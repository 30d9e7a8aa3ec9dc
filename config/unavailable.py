"""When the database takes nothing, because it is locked, read-only or its disk is full, people are told so."""

from __future__ import annotations

import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger("footnote.database")
NOT_NOW = "The database cannot be written to just now, so nothing was kept. Try again in a moment."


class DatabaseUnavailable(MiddlewareMixin):
    """Answers 503 with a sentence instead of 500: what failed was not kept, and trying again may help."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError):
            return None
        logger.error("database unavailable path=%s", request.resolver_match and request.resolver_match.view_name)
        if request.headers.get("X-Requested-With") == "fetch" or "json" in request.headers.get("Accept", ""):
            response: HttpResponse = JsonResponse({"message": NOT_NOW}, status=503)
        else:
            response = render(request, "503.html", {"sentence": NOT_NOW}, status=503)
        response["Retry-After"] = "30"
        return response

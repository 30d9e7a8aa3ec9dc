"""What somebody who is signed in was refused goes to the trail: the route and the ids in its address.

Hidden and non-existent are recorded alike, as they look alike.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from accounts import audit

REFUSALS = {403, 404}
_MOST = 4  # parts of an address


class DenialMiddleware(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        match = request.resolver_match
        person = getattr(request, "user", None)
        if response.status_code in REFUSALS and match is not None and person is not None and person.is_authenticated:
            named = {name: _code(str(value)) for name, value in list(match.kwargs.items())[:_MOST]}
            route = _code(match.view_name or "unnamed")
            audit.record(person, "access.denied", None, route=route, status=response.status_code, **named)
        return response


def _code(text: str) -> str:
    return text if audit.is_code(text) else "other"

"""The person behind a request."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Whoever is signed in. The route's audience lets nobody else through; PermissionError says that it did."""
    if not isinstance(request.user, User):
        raise PermissionError("a view that needs a person was reached without one")
    return request.user

"""Small readings of a request that several views share."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def asker(request: HttpRequest) -> User:
    """The signed-in person. Views declare an audience, so anybody else was turned away before."""
    if not isinstance(request.user, User):
        raise PermissionError("a view that needs a person was reached without one")
    return request.user

_DIGITS = 20


def whole_number(text: str | None, largest: int = 10**8) -> int:
    """A non-negative number from a query string; anything else is 0."""
    if not text or not text.isascii() or not text.isdigit():
        return 0
    return min(int(text), largest) if len(text) < _DIGITS else largest  # Python refuses to read thousands of digits

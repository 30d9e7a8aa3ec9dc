"""What pages show administrators of the permission proof."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.policy import Audience, covers
from knowledge.proof.alarm import Standing, standing


def alarm(request: HttpRequest) -> dict[str, Any]:
    """``alarm`` is how the permission proof stands; nothing for everybody but administrators. Looked up when shown."""
    return {"alarm": SimpleLazyObject(lambda: _for(request))}


def _for(request: HttpRequest) -> Standing:
    user = getattr(request, "user", None)  # a request may be refused before anybody looked who sends it
    return standing() if user is not None and covers(Audience.ADMINISTRATOR, user) else Standing()

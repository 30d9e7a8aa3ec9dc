"""What every page's navigation shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.notices.telling import unread
from accounts.policy import Audience, covers


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``nav`` tells which places this person can go to. Looked up only by pages that show it."""
    return {"nav": SimpleLazyObject(lambda: _places(request))}


def _places(request: HttpRequest) -> dict[str, bool | int]:
    return {
        "unread": unread(request.user) if isinstance(request.user, User) else 0,
        "can_upload": covers(Audience.CURATOR, request.user),
        "can_review": covers(Audience.REVIEWER, request.user),
        "is_admin": covers(Audience.ADMINISTRATOR, request.user),
    }

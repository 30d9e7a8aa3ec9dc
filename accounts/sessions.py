"""Where a person is signed in: every browser's session, when it was last used, and ending it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from accounts import audit
from accounts.models import User

_NOTED_EVERY = 300  # seconds
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SessionView:
    id: int
    device: str
    address: str
    began: datetime
    last_used: datetime
    is_this: bool


class SeenMiddleware(MiddlewareMixin):
    """Notes every few minutes that a session is used."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if key and request.user.is_authenticated and cache.add(f"session-seen:{key}", 1, _NOTED_EVERY):
            # Nobody is kept from reading because this could not be written.
            with suppress(OperationalError):
                UserSession.objects.create_from_request(request)


def sessions_of(user: User, this: str | None) -> list[SessionView]:
    """Living sessions, this one first, then by their last use."""
    views = [
        SessionView(
            id=row.pk,
            device=device(row.user_agent),
            address=row.ip,
            began=row.created_at,
            last_used=row.last_seen_at,
            is_this=row.session_key == this,
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(views, key=lambda view: (view.is_this, view.last_used), reverse=True)


def end(user: User, session_id: int) -> bool:
    """Ends one session of this person at once. False when there is no such session of theirs."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    row.end()
    audit.record(user, "session.ended", user, session=session_id)
    return True


def end_others(user: User, this: str | None) -> int:
    """Ends all sessions of this person but the one they are in. Gives how many."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=this or ""))
    for row in rows:
        row.end()
    audit.record(user, "session.others_ended", user, sessions=len(rows))
    return len(rows)


def device(user_agent: str) -> str:
    """A browser as people call it. What it says of itself is not to be relied upon, only to be recognised."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser or program")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser

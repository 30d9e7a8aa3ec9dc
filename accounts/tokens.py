"""Secrets that programs sign in with. The secret is shown once; the database keeps its SHA-256 digest.

A plain digest is enough: the secret is 256 random bits, so there is nothing to guess and no salt is needed.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import ApiToken, User

PREFIX = "fn_"
_SHOWN = 9  # of the secret's characters, to tell tokens apart in a list
_USE_NOTED_EVERY = timedelta(minutes=1)


def create(user: User, name: str, expires: datetime | None = None, by: User | None = None) -> tuple[ApiToken, str]:
    """A new token and its secret, which cannot be read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, prefix=secret[:_SHOWN], digest=_digest(secret), expires=expires
    )
    audit.record(by or user, "token.created", token, user=user.pk)
    return token, secret


def authenticate(secret: str) -> User | None:
    """The active person whose token this is; None for anything else: unknown, expired, revoked, deactivated."""
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    living = Q(expires__isnull=True) | Q(expires__gt=now)
    token = (
        ApiToken.objects.select_related("user")
        .filter(living, digest=_digest(secret), revoked__isnull=True, user__is_active=True, user__synthetic=False)
        .first()
    )
    if token is None:
        return None
    if token.last_used is None or now - token.last_used > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token.user


def revoke(token: ApiToken, by: User) -> None:
    """Ends a token at once. Revoking it again changes nothing."""
    if token.revoked is None:
        token.revoked = timezone.now()
        token.save(update_fields=["revoked"])
        audit.record(by, "token.revoked", token, user=token.user_id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

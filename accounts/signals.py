"""Sign-ins, failed sign-ins, sign-outs and who comes into which group go to the trail."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import signals
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver

from accounts import audit
from accounts.models import User


@receiver(signals.user_logged_in)
def signed_in(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record(user, "signin", user)


@receiver(signals.user_logged_out)
def signed_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(user, "signout", user)


@receiver(signals.user_login_failed)
def sign_in_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """What was typed may be a password in the wrong field, so only the id of the person it names is kept."""
    audit.record(None, "signin.failed", named_person(credentials))


@receiver(post_save, sender=User)
def address_changed(sender: Any, instance: User, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    """An address that is theirs no more must not lead to their account: forgotten passwords go by these rows too."""
    if update_fields is None or "email" in update_fields:
        EmailAddress.objects.filter(user=instance).exclude(email=instance.email).delete()


@receiver(m2m_changed, sender=User.groups.through)
def groups_changed(sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Whoever changed it and how. ``reverse``: people were put into a group, not groups given to a person."""
    if action in {"post_add", "post_remove", "pre_clear"}:
        rows = instance.user_set if reverse else instance.groups
        ids = sorted(rows.values_list("pk", flat=True) if pk_set is None else pk_set)
        if ids:
            named = "people" if reverse else "groups"
            audit.record(None, f"membership.{action.partition('_')[2]}", instance, **{named: ids})


def named_person(credentials: dict[str, Any]) -> User | None:
    """The person whom sign-in credentials name, by user name or e-mail address."""
    name = str(credentials.get("username") or credentials.get("email") or credentials.get("login") or "").strip()
    if not name:
        return None
    return User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).order_by("pk").first()

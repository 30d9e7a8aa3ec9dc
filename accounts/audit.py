"""The trail of what was done: who, what, to which object. Ids and codes only, never text of people or documents."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models

from accounts import chain
from accounts.models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_CODE = re.compile(r"[\w.:+/-]{0,80}", re.ASCII)

Plain = str | int | bool | None
Detail = Plain | uuid.UUID | Sequence[int]


def record(actor: User | AnonymousUser | None, action: str, obj: models.Model | None = None, **ids: Detail) -> None:
    """Adds one line to the trail, inside the caller's transaction where there is one.

    ``ids`` are numbers, lists of them, ids or short codes; a string with spaces or of more than 80 characters is text
    and raises ValueError, because the trail outlives the content and is read by people who may not read the content.
    """
    chain.append(
        AuditEvent(
            actor_id=actor.pk if actor is not None else None,
            action=action,
            object_type=obj._meta.label_lower if obj is not None else "",
            object_id=str(obj.pk) if obj is not None else "",
            detail={name: _plain(name, value) for name, value in ids.items()},
        )
    )


def is_code(text: str) -> bool:
    """Whether the trail takes this string."""
    return bool(_CODE.fullmatch(text))


def _plain(name: str, value: Detail) -> Plain | list[int]:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, str):
        if not is_code(value):
            raise ValueError(f"The audit trail takes ids and codes, but {name!r} is text.")
        return value
    if isinstance(value, Sequence):
        return [int(number) for number in value]
    return value

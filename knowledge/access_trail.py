"""Every grant and restriction that comes or goes is on the trail, whoever made it and how.

Pages also record who it was; these lines stand for the change itself, a command's and a cascade's too.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts import audit
from knowledge.models import Grant, Restriction


@receiver(post_save, sender=Grant)
@receiver(post_save, sender=Restriction)
def given(sender: Any, instance: Grant | Restriction, created: bool, raw: bool = False, **_: Any) -> None:
    if not raw:
        audit.record(None, "access.given" if created else "access.changed", instance, **_ids(instance))


@receiver(post_delete, sender=Grant)
@receiver(post_delete, sender=Restriction)
def withdrawn(sender: Any, instance: Grant | Restriction, **_: Any) -> None:
    audit.record(None, "access.withdrawn", instance, **_ids(instance))


def _ids(row: Grant | Restriction) -> dict[str, audit.Detail]:
    whom: dict[str, audit.Detail] = {"user": row.user_id, "group": row.group_id}
    if isinstance(row, Grant):
        whom |= {"collection": row.collection_id, "role": row.role, "everyone": row.everyone or None}
    else:
        whom["document"] = row.document_id
    return {name: value for name, value in whom.items() if value is not None}

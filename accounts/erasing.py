"""Proofs that something is gone: when it was asked for, when nobody could find it any more, when it was erased.

What is kept is an id and times. People are taken care of here; documents by the layer above.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Erasure, User


def asked(kind: Erasure.Kind, object_id: uuid.UUID | int, by: int | None, began: datetime | None = None) -> None:
    """Somebody wants this gone. Asking again changes nothing."""
    Erasure.objects.get_or_create(kind=kind, object_id=str(object_id), defaults={"asked_by": by, "began": began})


def unretrievable(kind: Erasure.Kind, object_id: uuid.UUID | int) -> None:
    """It was checked that nobody finds it any more."""
    rows = Erasure.objects.filter(kind=kind, object_id=str(object_id), unretrievable__isnull=True)
    rows.update(unretrievable=timezone.now())


def withdrawn(kind: Erasure.Kind, object_id: uuid.UUID | int) -> None:
    """It was brought back before it was erased."""
    Erasure.objects.filter(kind=kind, object_id=str(object_id), erased__isnull=True).delete()


def forget_in_administration_log(obj: models.Model, ids: Sequence[object]) -> None:
    """The administration's own log names what was changed; the names of what is erased leave it."""
    content_type = ContentType.objects.get_for_model(type(obj))
    LogEntry.objects.filter(content_type=content_type, object_id__in=[str(pk) for pk in ids]).update(
        object_repr="(erased)", change_message=""
    )


def _forget_names(person: User) -> None:
    """Lines about something else, such as a grant, name whom it was for. Names stand there as they are, or as JSON
    writes them; a line that has one as a word loses all of its words."""
    names = {person.get_username(), person.display_name, person.email} - {""}
    forms = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    mentioned = Q()
    for form in forms:
        mentioned |= Q(object_repr__icontains=form) | Q(change_message__icontains=form)
    as_word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(forms)))})(?!\w)", re.IGNORECASE)
    lines = LogEntry.objects.filter(mentioned).values_list("pk", "object_repr", "change_message")
    found = [pk for pk, shown, message in lines if as_word.search(f"{shown}\n{_named_in(message)}")]
    LogEntry.objects.filter(pk__in=found).update(object_repr="(erased)", change_message="")


def _named_in(message: str) -> str:
    """What a line of the administration's log names, without the words that all of them are made of: somebody may be
    called "Name"."""
    try:
        entries = json.loads(message)
    except ValueError:
        return message
    if not isinstance(entries, list):
        return message
    parts = (part for entry in entries if isinstance(entry, dict) for part in entry.values() if isinstance(part, dict))
    return "\n".join(f"{part.get('name', '')}\n{part.get('object', '')}" for part in parts)


@receiver(post_delete, sender=User)
def person_removed(sender: Any, instance: User, **kwargs: Any) -> None:
    """Rows of theirs go by the database's own rules; what only names them goes here."""
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(username=instance.get_username()).delete()
    forget_in_administration_log(instance, [instance.pk])
    _forget_names(instance)
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(instance.pk):
            session.delete()
    asked(Erasure.Kind.PERSON, instance.pk, None, instance.date_joined)
    unretrievable(Erasure.Kind.PERSON, instance.pk)

"""What is kept of sign-ins and of the trail, and for how long."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from accounts import chain
from accounts.models import AuditEvent, AuditHead, AuditStub


def shorten_trail(before: datetime) -> int:
    """Removes lines older than a moment, from the old end only, and leaves a signed stub. Gives how many went."""
    with transaction.atomic():
        AuditHead.objects.select_for_update().filter(pk=1).first()
        first_kept = AuditEvent.objects.filter(at__gte=before).order_by("id").values_list("id", flat=True).first()
        old = AuditEvent.objects.order_by("-id")
        if first_kept is not None:
            old = old.filter(id__lt=first_kept)
        last = old.first()
        if last is None:
            return 0
        count = old.count()
        earlier = AuditStub.objects.order_by("-through").values_list("removed", flat=True).first() or 0
        stub = AuditStub(through=last.pk, digest=last.digest, removed=earlier + count, last_at=last.at)
        stub.signature = chain.sign_stub(stub)
        stub.save(force_insert=True)
        with connection.cursor() as cursor:
            # The queryset refuses; the database lets go what the stub stands for.
            cursor.execute("DELETE FROM accounts_auditevent WHERE id <= %s", [last.pk])
        return count


def forget_sign_ins(before: datetime) -> int:
    """Removes what was kept of sign-ins before a moment: names and addresses that the throttle keeps, and where people
    were signed in (a session ends within hours). Gives how many rows went."""
    removed = 0
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        removed += model.objects.filter(attempt_time__lt=before).delete()[0]
    return removed + int(UserSession.objects.filter(last_seen_at__lt=before).delete()[0])


def shorten_administration_log(before: datetime) -> int:
    """Removes what the administration noted for itself before a moment. Gives how many lines went."""
    return LogEntry.objects.filter(action_time__lt=before).delete()[0]

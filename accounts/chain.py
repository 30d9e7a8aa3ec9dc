"""The audit trail as a chain: each line's digest covers the line before it, so that a change anywhere shows.

A digest needs no secret to check. The head (how many lines, and the newest digest) and the stubs that stand for lines
whose time is over are signed with a key that is not in the database: whoever writes the whole chain anew, or cuts its
end off, would need that key as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts import append_only
from accounts.models import AuditEvent, AuditHead, AuditStub

_COLUMNS = ("id", "at", "actor_id", "action", "object_type", "object_id", "detail", "digest")
_SHOWN = 5


def link(previous: str, at: datetime, *line: Any) -> str:
    """The digest of a line after one with the digest ``previous``; ``line`` is actor, action, object, detail."""
    content = json.dumps([previous, at.astimezone(UTC).isoformat(), *line], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def sign(*parts: object) -> str:
    """A signature under the key of the trail."""
    text = ":".join(map(str, parts)).encode()
    return hmac.new(settings.AUDIT_KEY.encode(), text, hashlib.sha256).hexdigest()


def append(event: AuditEvent) -> None:
    """Saves a new line at the end. Lines are added one after another: the head's row is held until the commit."""
    with transaction.atomic(savepoint=False):
        head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
        event.digest = link(
            head.digest, event.at, event.actor_id, event.action, event.object_type, event.object_id, event.detail
        )
        event.save(force_insert=True)
        head.count, head.digest = head.count + 1, event.digest
        head.signature = sign("head", head.count, head.digest)
        head.save()


def sign_stub(stub: AuditStub) -> str:
    last = stub.last_at.astimezone(UTC).isoformat()
    return sign("stub", stub.through, stub.digest, stub.removed, last)


def verify(newest: int | None = None) -> list[str]:
    """Every break of the chain in words; empty when it holds. With ``newest``, only so many lines are read again."""
    # Head, count and lines are read from one state: what is written meanwhile is no break.
    with _one_state():
        return list(_breaks(newest))


@contextmanager
def _one_state() -> Iterator[None]:
    """A transaction in SQLite is one; PostgreSQL must be asked for it before anything is read, so a transaction of the
    caller stays as it is."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _breaks(newest: int | None) -> Iterator[str]:
    for name in append_only.missing(connection):
        yield f"the trigger {name} is missing, so the audit trail could be changed"
    stubs = list(AuditStub.objects.order_by("through"))
    yield from (f"the stub of the audit trail up to line {s.through} was not signed by us" for s in _forged(stubs))
    last = stubs[-1] if stubs else None
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    count = AuditEvent.objects.count() + (last.removed if last else 0)
    if count == 0 and head.count == 0:
        return
    if not hmac.compare_digest(head.signature, sign("head", head.count, head.digest)):
        yield "the end of the audit trail was not signed by us, or the key is another one"
    if head.count != count:
        yield f"the audit trail holds {count} lines, {head.count} were written"
    digest, broken = _walk(last.digest if last else "", newest)
    shown = ", ".join(map(str, broken[:_SHOWN]))
    if broken:
        yield f"{len(broken)} lines of the audit trail are not what was written: {shown}"
    if digest != head.digest:
        yield "the newest line of the audit trail is not the one that was written last"


def _walk(digest: str, newest: int | None) -> tuple[str, list[int]]:
    """The last line's digest, and the ids of lines that do not follow from the one before."""
    rows = AuditEvent.objects.order_by("id").values_list(*_COLUMNS)
    if newest is not None:
        recent = list(AuditEvent.objects.order_by("-id").values_list("id", "digest")[: newest + 1])
        if len(recent) > newest:
            digest, rows = recent[-1][1], rows.filter(id__gt=recent[-1][0])
    broken = []
    for pk, at, actor, action, kind, object_id, detail, stored in rows.iterator(chunk_size=2000):
        if stored != link(digest, at, actor, action, kind, object_id, detail):
            broken.append(pk)
        digest = stored
    return digest, broken


def _forged(stubs: list[AuditStub]) -> Iterator[AuditStub]:
    return (stub for stub in stubs if not hmac.compare_digest(stub.signature, sign_stub(stub)))

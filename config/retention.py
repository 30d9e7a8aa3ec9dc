"""How long things are kept, and what takes them away when their time is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import audit
from accounts.ageing import forget_sign_ins, shorten_administration_log, shorten_trail
from accounts.models import AuditEvent
from accounts.notices.telling import expire as expire_notices
from assistant.conversing.retention import expire_conversations
from assistant.evaluating.forgetting import expire_words
from config.backup import ageing as backups

log = logging.getLogger("footnote.retention")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for how many days (0: for ever, or as ``zero`` says), set by a variable of the environment."""

    name: str
    what: str
    days: int
    variable: str
    zero: str = "for ever"

    @property
    def words(self) -> str:
        return self.zero if not self.days else "1 day" if self.days == 1 else f"{self.days} days"


def rules() -> list[Rule]:
    return [
        Rule(
            "conversations",
            "Conversations with their answers and ratings, since they were last used",
            settings.KEEP_CONVERSATIONS_DAYS,
            "FOOTNOTE_KEEP_CONVERSATIONS_DAYS",
        ),
        Rule(
            "deleted",
            "Deleted documents, before rows and files are erased",
            settings.KEEP_DELETED_DAYS,
            "FOOTNOTE_KEEP_DELETED_DAYS",
            "not at all: erased within minutes",
        ),
        Rule("notices", "Notices, read or not", settings.KEEP_NOTICES_DAYS, "FOOTNOTE_KEEP_NOTICES_DAYS"),
        Rule(
            "evaluations",
            "What was answered when measuring; scores and figures stay",
            settings.KEEP_CONVERSATIONS_DAYS,
            "FOOTNOTE_KEEP_CONVERSATIONS_DAYS",
        ),
        Rule("backups", "Backups", settings.KEEP_BACKUPS_DAYS, "FOOTNOTE_KEEP_BACKUPS_DAYS"),
        Rule("audit", "The audit trail", settings.KEEP_AUDIT_DAYS, "FOOTNOTE_KEEP_AUDIT_DAYS"),
        Rule(
            "administration",
            "The administration's own log of what was changed",
            settings.KEEP_AUDIT_DAYS,
            "FOOTNOTE_KEEP_AUDIT_DAYS",
        ),
        Rule(
            "sign_ins",
            "Names and addresses of failed and successful sign-ins, and of where people were signed in",
            settings.KEEP_SIGN_INS_DAYS,
            "FOOTNOTE_KEEP_SIGN_INS_DAYS",
        ),
    ]


def apply() -> dict[str, int]:
    """Removes what is older than its rule. Gives how many of each went; those are on the trail.

    A rule that meets a full or missing disk leaves the others to be applied; it is tried again with the next round.
    """
    work: dict[str, Callable[[datetime], int]] = {
        "conversations": expire_conversations,
        "evaluations": expire_words,
        "backups": backups.expire,
        "notices": expire_notices,
        "audit": shorten_trail,
        "administration": shorten_administration_log,
        "sign_ins": forget_sign_ins,
    }
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    removed: dict[str, int] = {}
    for rule in rules():
        if not rule.days or rule.name not in work:
            continue
        try:
            count = work[rule.name](now - timedelta(days=rule.days))
        except OSError as error:
            log.error("retention.failed rule=%s: %s", rule.name, error.strerror)
            continue
        if count:
            removed[rule.name] = count
    if removed:
        audit.record(None, "retention.applied", None, **removed)
    return removed


def last_applied() -> AuditEvent | None:
    """The line of the last time that something went."""
    return AuditEvent.objects.filter(action="retention.applied").order_by("-id").first()

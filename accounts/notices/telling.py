"""Telling people something: one row a person, by the list, by mail, by both or not at all, as they chose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.notices.rows import Mail, Notice, NoticeChoice, NoticeKind

DAILY_AT = 7  # o'clock, in the installation's time zone
_DEFAULT = (True, Mail.DAILY)


def tell(
    people: Iterable[User], kind: NoticeKind, text: str, link: str, *, about: str = "", once: str = ""
) -> int:
    """Tells each of these people. Gives how many are told now.

    ``text`` is a plain sentence of ours; ``{it}`` in it stands for the name of what the notice is about, which is
    ``about`` ("document:<id>", see ``naming.py``). ``link`` is a path of this site (ValueError otherwise). With
    ``once`` nobody is told again under the same word. Inside the caller's transaction, where there is one.
    """
    if not link.startswith("/") or not url_has_allowed_host_and_scheme(link, allowed_hosts=None):
        raise ValueError(f"A notice leads to a path of this site, not to {link!r}.")
    told = {person.pk: person for person in people if person.is_active and not person.synthetic}
    choices = NoticeChoice.objects.filter(user__in=told, kind=kind).values_list("user_id", "in_app", "mail")
    chosen = {user: (in_app, mail) for user, in_app, mail in choices}
    known = set(Notice.objects.filter(user__in=told, once=once).values_list("user_id", flat=True)) if once else set()
    rows = []
    for pk, person in told.items():
        in_app, mail = chosen.get(pk, _DEFAULT)
        due = _due(mail) if person.email and settings.MAILS else None
        if pk not in known and (in_app or due):
            rows.append(
                Notice(
                    user=person, kind=kind, text=text, link=link, about=about, once=once, in_app=in_app, mail_due=due
                )
            )
    # Two that tell the same at the same moment: the constraint lets one through.
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.mail_due for row in rows):
        transaction.on_commit(_mail_soon)
    return len(rows)


def unread(user: User) -> int:
    return _unread(user).count()


def unread_about(user: User, kind: NoticeKind) -> set[str]:
    """What this person's unread notices of one kind are about."""
    return set(_unread(user).filter(kind=kind).values_list("about", flat=True))


def seen(user: User, about: str) -> None:
    """They have been where the notice leads, by whatever way."""
    _unread(user).filter(about=about).update(read=timezone.now())


def _unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, in_app=True, read__isnull=True)


def forget(about: Iterable[str]) -> int:
    """Removes what people were told about things that are gone for good. Gives how many."""
    return Notice.objects.filter(about__in=list(about)).delete()[0]


def expire(before: datetime) -> int:
    """Removes notices from before a moment, read or not. Gives how many."""
    return Notice.objects.filter(created__lt=before).delete()[0]


def _due(mail: str) -> datetime | None:
    if mail == Mail.NO:
        return None
    now = timezone.localtime()
    if mail == Mail.ONCE:
        return now
    today = now.replace(hour=DAILY_AT, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _mail_soon() -> None:
    from accounts.tasks import mail_notices  # which needs this module

    try:
        mail_notices.delay()
    except OperationalError:
        return  # the scheduler sends what is due every few minutes

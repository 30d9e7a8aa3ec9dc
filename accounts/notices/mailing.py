"""Notices by mail: one mail a person with all that is due for them, tried again when the server does not take it.

The rows are the truth: what is due is found by them, a row is claimed for a while before it is sent, and what was not
taken comes back later and later. A process that dies between sending and noting it sends that mail twice.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notices.naming import worded
from accounts.notices.rows import Notice

log = logging.getLogger("footnote.notices")

MAX_TRIES = 8
_CLAIM = timedelta(minutes=10)
_AGAIN = timedelta(minutes=2)  # doubled with each try
_IN_ONE_MAIL = 50


def send_due(now: datetime | None = None) -> tuple[int, int]:
    """Sends what is due. Gives how many mails went and how many did not."""
    now = now or timezone.now()
    if not settings.MAILS:
        return 0, 0
    sent = failed = 0
    due = Notice.objects.filter(mail_due__lte=now)
    for user_id in list(due.order_by().values_list("user_id", flat=True).distinct()):
        rows = _claim(user_id, now)
        if rows and _send(rows, now):
            sent += 1
        elif rows:
            failed += 1
    return sent, failed


def _claim(user_id: int, now: datetime) -> list[Notice]:
    """Rows that nobody else will send meanwhile."""
    with transaction.atomic():
        rows = Notice.objects.filter(user_id=user_id, mail_due__lte=now).order_by("created", "id")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        claimed = list(rows[:_IN_ONE_MAIL])
        for row in claimed:
            row.mail_due, row.mail_tries = now + _CLAIM, row.mail_tries + 1
        Notice.objects.bulk_update(claimed, ["mail_due", "mail_tries"])
    return claimed


def _send(rows: list[Notice], now: datetime) -> bool:
    pks = [row.pk for row in rows]
    person = User.objects.filter(pk=rows[0].user_id, is_active=True).first()
    if person is None or not person.email:
        Notice.objects.filter(pk__in=pks).update(mail_due=None)
        return True
    try:
        _mail(person, rows).send()
    except (OSError, ValueError) as error:  # the mail library's are the one, an address that is none is the other
        log.warning("notices.mail_refused user=%s tries=%s %s", person.pk, rows[0].mail_tries, type(error).__name__)
        for row in rows:
            row.mail_due = None if row.mail_tries >= MAX_TRIES else now + _AGAIN * 2 ** (row.mail_tries - 1)
        Notice.objects.bulk_update(rows, ["mail_due"])
        return False
    Notice.objects.filter(pk__in=pks).update(mail_due=None, mailed=timezone.now())
    return True


def _mail(person: User, rows: list[Notice]) -> EmailMessage:
    """Plain text. The names in it are those that the person may read at this moment."""
    items = [{"words": words, "link": f"{settings.SITE_URL}{row.link}"} for row, words in worded(person, rows)]
    context = {
        "person": person,
        "items": items,
        "list": f"{settings.SITE_URL}{reverse('notices')}",
        "choose": f"{settings.SITE_URL}{reverse('notice_choices')}",
    }
    subject = f"Footnote: {rows[0].get_kind_display()}" if len(rows) == 1 else f"Footnote: {len(rows)} notices"
    return EmailMessage(subject, render_to_string("notices/mail.txt", context), to=[person.email])

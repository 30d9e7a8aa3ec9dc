"""What the scheduler runs for people. Thin; running any of it twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from accounts.notices import mailing


@shared_task(priority=0, expires=240)
def mail_notices() -> None:
    """Mails the notices that are due; what the mail server does not take comes again later."""
    mailing.send_due()

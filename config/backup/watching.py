"""Whether the nightly backups come: administrators are told once on each day on which they do not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.notices.rows import NoticeKind
from accounts.notices.telling import tell
from config.backup import manifest

_OVERDUE = timedelta(hours=36)  # a night was left out


def newest() -> datetime | None:
    """When the newest nightly backup was made; None without one, or where the folder cannot be looked into."""
    folder = settings.BACKUP_DIR
    try:
        found = manifest.backups(folder) if folder is not None and folder.is_dir() else []
        return manifest.made_at(found[0]) if found else None
    except OSError:
        return None


def failed() -> None:
    """A backup was tried and not made."""
    last = newest()
    since = f"The newest is of {timezone.localtime(last):%d %B %Y, %H:%M}." if last else "There is none."
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    text = f"The nightly backup was not made. {since} The worker's log says why."
    tell(administrators, NoticeKind.BACKUP, text, "/protection/", once=f"backup:{timezone.localdate()}")


def look() -> None:
    """Nothing may have been tried, because the machine slept at that hour: then the age tells. One that is the first to
    come is waited for."""
    last = newest()
    if last is not None and timezone.now() - last > _OVERDUE:
        failed()

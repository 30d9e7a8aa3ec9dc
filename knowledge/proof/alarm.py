"""What becomes of a run that found something: the log, the trail, a mail, and a banner until it is settled."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from accounts import audit
from accounts.models import User
from knowledge.models import Collection, ProbeRun

logger = logging.getLogger("footnote.proof")
_LATE_AFTER = 4  # intervals without a run

_SUBJECTS = {
    ProbeRun.State.LEAK: "Footnote: the permission proof found a leak",
    ProbeRun.State.BLIND: "Footnote: the permission proof is blind",
    ProbeRun.State.FAILED: "Footnote: the permission proof cannot run",
}
_ADVICE = {
    ProbeRun.State.LEAK: "A synthetic user saw a document that no grant opens to it. People may see what is not "
    "theirs, too. Until this is understood, consider stopping the site.",
    ProbeRun.State.BLIND: "A synthetic user did not find what it may see, so the proof proves nothing at the moment.",
    ProbeRun.State.FAILED: "The permission proof could not run, so nothing is proved at the moment.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What administrators are shown. ``kind`` is "poor" for a leak, "fair" when nothing is proved, "" otherwise."""

    kind: str = ""
    title: str = ""
    text: str = ""


def tell(run: ProbeRun) -> None:
    """Log and trail every time; a mail when this is not what the run before found."""
    state = ProbeRun.State(run.state)
    if state is ProbeRun.State.CLEAN:
        return
    documents = sorted({str(row["document"]) for row in (run.leaks or run.missed)})
    logger.error(
        "permission.%s run=%s leaks=%d missed=%d error=%s documents=%s",
        *(state.value, run.pk, len(run.leaks), len(run.missed), run.error, ",".join(documents)),
    )
    audit.record(None, f"permission.{state.value}", run, leaks=len(run.leaks), missed=len(run.missed))
    before = ProbeRun.objects.filter(started__lt=run.started).exclude(pk=run.pk).first()
    if before is None or (before.state, before.leaks, before.missed) != (run.state, run.leaks, run.missed):
        _mail(state, run)


def _mail(state: ProbeRun.State, run: ProbeRun) -> None:
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(email="")
    addresses = list(administrators.values_list("email", flat=True))
    body = (
        f"{_ADVICE[state]}\n\nRun {run.pk} of {run.started:%Y-%m-%d %H:%M} UTC: {len(run.leaks)} leaks, "
        f"{len(run.missed)} missed.\n"
        "Open Insights, Permission proof, for the documents and doors. This mail holds no content.\n"
    )
    try:
        # One each: administrators do not learn one another's addresses.
        for address in addresses:
            send_mail(_SUBJECTS[state], body, None, [address])
    except (smtplib.SMTPException, OSError) as error:
        logger.error("permission.mail_failed run=%s error=%s", run.pk, type(error).__name__)


def standing() -> Standing:
    """How the proof stands at this moment."""
    if ProbeRun.objects.filter(state=ProbeRun.State.LEAK, settled__isnull=True).exists():
        return Standing("poor", "A permission leak was found", _ADVICE[ProbeRun.State.LEAK])
    latest = ProbeRun.objects.first()
    if latest is not None and latest.state in {ProbeRun.State.BLIND, ProbeRun.State.FAILED}:
        state = ProbeRun.State(latest.state)
        return Standing("fair", "The permission proof proves nothing just now", _ADVICE[state])
    if settings.PROBE_SECONDS <= 0:
        return Standing()
    limit = timezone.now() - timedelta(seconds=_LATE_AFTER * settings.PROBE_SECONDS)
    waiting = Collection.objects.filter(created__lt=limit).exists()
    if waiting and (latest is None or latest.finished < limit):
        text = "No run of it has ended for a while. Look whether the workers and their scheduler run."
        return Standing("fair", "The permission proof is not running", text)
    return Standing()


def settle(by: User) -> int:
    """An administrator has looked into the open leaks. Gives how many runs were open."""
    closed = 0
    for run in ProbeRun.objects.filter(state=ProbeRun.State.LEAK, settled__isnull=True):
        run.settled, run.settled_by = timezone.now(), by
        run.save(update_fields=["settled", "settled_by"])
        audit.record(by, "permission.settled", run)
        closed += 1
    return closed

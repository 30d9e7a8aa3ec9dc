"""Whether a run of today's configuration is worse than what was accepted when it was promoted, and who is told."""

from __future__ import annotations

import logging

from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.notices.rows import NoticeKind
from accounts.notices.telling import tell
from assistant.evaluating.comparing import interval
from assistant.models import Promotion, SetRun

log = logging.getLogger("footnote.evaluation")


def look(run: SetRun) -> None:
    """Called when a run is complete: tells who began it, and everybody who administers when a night became worse."""
    link = reverse("evaluation_run", args=[run.pk])
    if run.by is not None:
        text = f"The measurement of “{run.set.name}” you began has ended."
        tell([run.by], NoticeKind.EVALUATION, text, link, once=f"evaluation:{run.pk}:ended")
    if run.called or not (before := reference(run)):
        return
    found = interval(run, before)
    if not found.cases or found.high >= 0:
        return
    run.worse = True
    run.save(update_fields=["worse"])
    log.warning("evaluation.worse run=%d than=%d difference=%s", run.pk, before.pk, found.difference)
    audit.record(None, "evaluation.worse", run, than=before.pk, permille=round(1000 * found.difference))
    text = f"Answers to “{run.set.name}” have become worse than when the configuration was accepted."
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    tell(administrators, NoticeKind.EVALUATION, text, link, once=f"evaluation:{run.pk}:worse")


def reference(run: SetRun) -> SetRun | None:
    """What today's configuration is held against: the run that let it be promoted, if it was one of this set;
    otherwise the first run of today's configuration since then. Not the night before, or a slow decline would hide."""
    promotion = Promotion.objects.select_related("run").order_by("-pk").first()
    since = SetRun.objects.filter(set=run.set, state=SetRun.State.COMPLETE).exclude(pk=run.pk)
    if promotion is not None:
        if promotion.run is not None and promotion.run.set_id == run.set_id:
            return promotion.run
        since = since.filter(created__gte=promotion.created)
    return since.filter(called="", pk__lt=run.pk).order_by("pk").first()


def alarm() -> SetRun | None:
    """The newest run of today's configuration of some set, if it was worse; None when all newest ones hold up."""
    newest: dict[int, SetRun] = {}
    complete = SetRun.objects.filter(state=SetRun.State.COMPLETE, called="").select_related("set")
    for run in complete.order_by("-pk")[:100]:
        newest.setdefault(run.set_id, run)
    return next((run for run in newest.values() if run.worse), None)

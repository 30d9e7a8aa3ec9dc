"""Runs of a set: begun by a person or by the clock, made by a worker case by case, gone on with where one died.

Every case that was judged is a row, so a run that is taken up again asks only the others. A worker holds the run by a
lease, which it renews before each case; ``sweep`` sends runs again whose worker fell silent.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts import audit
from accounts.models import User
from assistant import apart, configuration
from assistant.answering import provenance
from assistant.evaluating import nights
from assistant.evaluating.cases import cases_of
from assistant.evaluating.judging import judged
from assistant.evaluating.measuring import mean, quantile
from assistant.evaluating.statistics import mean_interval
from assistant.models import Candidate, CaseOutcome, EvaluationSet, SetCase, SetRun, Turn
from knowledge.errors import PermanentError
from knowledge.projection import get_projection

log = logging.getLogger("footnote.evaluation")
TASK = "assistant.tasks.run_evaluation"  # by name, for it calls this module
ATTEMPTS = 5
FRESH = timedelta(hours=24)  # so old a run of today's configuration may be that a candidate is held against
OPEN = (SetRun.State.QUEUED, SetRun.State.RUNNING)
Told = Callable[[int, int], None]


class NothingToAsk(PermanentError):
    """The set has no cases."""


def start(
    chosen: EvaluationSet, candidate: Candidate | None = None, by: User | None = None, *, nightly: bool = False
) -> SetRun:
    """Begins a run of the newest version; one of today's configuration first when a candidate lacks it.

    The caller has it made by ``enqueue`` or ``work``, the ``baseline`` before it. Raises NothingToAsk.
    """
    total = cases_of(chosen).count()
    if not total:
        raise NothingToAsk("There is no case in this set yet.")
    config = configuration.promoted() if candidate is None else configuration.of_candidate(candidate)
    with transaction.atomic():
        run = SetRun.objects.create(
            set=chosen,
            version=chosen.version,
            candidate=candidate,
            called=candidate.name if candidate else "",
            baseline=_todays(chosen) if candidate else None,
            nightly=nightly,
            overrides=config.as_json(),
            world=provenance.surroundings(config),
            total=total,
            by=by,
        )
        audit.record(by, "evaluation.run", run, set=chosen.pk, version=run.version, cases=total)
    return run


def _todays(chosen: EvaluationSet) -> SetRun:
    """A run of what is promoted now on the same questions, index and models, made lately or begun now."""
    config = configuration.promoted()
    lately = SetRun.objects.filter(
        set=chosen, version=chosen.version, candidate=None, called="", created__gte=timezone.now() - FRESH
    ).exclude(state__in=(SetRun.State.FAILED, SetRun.State.STOPPED))
    here = provenance.surroundings(config)
    for run in lately.order_by("-created")[:20]:
        if run.overrides == config.as_json() and run.world == here:
            return run
    return start(chosen)


def enqueue(run: SetRun) -> None:
    """Hands it to the workers when the transaction commits, what it is held against first."""
    ids = [one.pk for one in (run.baseline, run) if one is not None and not one.over]
    transaction.on_commit(lambda: [_send(pk) for pk in ids])


def _send(run_id: int) -> bool:
    # By a connection of its own, as uploads go: one that was kept may lead to a broker that is no longer asked.
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            current_app.send_task(TASK, (run_id,), producer=connection.Producer())
    except OperationalError:
        return False  # the sweeper sends it again
    return True


def sweep() -> int:
    """Sends again what waits or was left by a worker that died, and clears what was left. Gives how many were sent."""
    apart.sweep()
    silent = Q(lease__isnull=True) | Q(lease__lt=timezone.now())
    waiting = SetRun.objects.filter(silent, state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    return sum(_send(pk) for pk in list(waiting))


def stop(run: SetRun, by: User) -> None:
    """The worker that is at it ends after its present case."""
    if SetRun.objects.filter(pk=run.pk, state__in=OPEN).update(state=SetRun.State.STOPPED, finished=timezone.now()):
        audit.record(by, "evaluation.stopped", run)


def work(run_id: int, told: Told = lambda done, total: None) -> SetRun | None:
    """Asks what has not been asked yet, and closes the run. None when it is over or another worker is at it."""
    run = _claim(run_id)
    if run is None:
        return None
    get_projection()  # model and index are loaded before the clock of the first question runs
    config = configuration.from_json(run.overrides)
    for case in _unasked(run):
        if not _renew(run):
            return None
        with configuration.trying(config):
            outcome = _ask(run, case)
        CaseOutcome.objects.bulk_create([outcome], ignore_conflicts=True)
        told(run.outcomes.count(), run.total)
    if not _renew(run):
        return None
    _close(run)
    return run


def _claim(run_id: int) -> SetRun | None:
    now, token = timezone.now(), uuid.uuid4().hex
    free = SetRun.objects.filter(Q(lease__isnull=True) | Q(lease__lt=now), pk=run_id, state__in=OPEN)
    claim = {"token": token, "lease": now + _lease(), "state": SetRun.State.RUNNING, "attempts": F("attempts") + 1}
    if not free.update(**claim):
        return None
    run = SetRun.objects.select_related("set").get(pk=run_id)
    if run.attempts > ATTEMPTS:
        run.why = f"Its worker died {ATTEMPTS} times."
        run.state, run.finished = SetRun.State.FAILED, timezone.now()
        run.save(update_fields=["why", "state", "finished"])
        return None
    return run


def _lease() -> timedelta:
    return timedelta(seconds=settings.EVALUATION_LEASE_SECONDS)


def _renew(run: SetRun) -> bool:
    """False when somebody stopped the run, or another worker has it."""
    mine = SetRun.objects.filter(pk=run.pk, token=run.token, state=SetRun.State.RUNNING)
    return bool(mine.update(lease=timezone.now() + _lease()))


def _unasked(run: SetRun) -> QuerySet[SetCase]:
    asked = CaseOutcome.objects.filter(run=run).values("case")
    return cases_of(run.set, run.version).exclude(pk__in=asked).select_related("asked_as")


def _ask(run: SetRun, case: SetCase) -> CaseOutcome:
    user = case.asked_as
    if user is None or not user.is_active:
        return CaseOutcome(run=run, case=case, came=CaseOutcome.Came.UNASKED, score=0.0)
    with apart.asked_apart(user, Turn(question=case.question), case.turns) as given:
        return judged(run, case, given)


def _close(run: SetRun) -> None:
    run.figures = figures(run)
    run.state, run.finished, run.lease = SetRun.State.COMPLETE, timezone.now(), None
    with transaction.atomic():  # a worker that dies before people are told leaves the run to be gone on with
        mine = SetRun.objects.filter(pk=run.pk, token=run.token, state=SetRun.State.RUNNING)
        if not mine.update(figures=run.figures, state=run.state, finished=run.finished, lease=None):
            run.refresh_from_db()  # somebody stopped it meanwhile
            return
        nights.look(run)
    log.info("evaluation.complete run=%d set=%d score=%s", run.pk, run.set_id, run.figures["score"])


def figures(run: SetRun) -> dict[str, Any]:
    """Over all cases: the mean score with its interval, shares, times and cost; under ``by`` the score of each kind."""
    rows = list(run.outcomes.select_related("case"))
    asked = [row for row in rows if row.came != CaseOutcome.Came.UNASKED]
    scores = [row.score for row in asked]
    low, high = mean_interval(scores)
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for row in asked:
        kinds[row.case.kind or "other"].append(row.score)
    times = sorted(row.milliseconds for row in asked)
    spent = run.outcomes.exclude(currency="").values_list("currency").annotate(Sum("cost"))
    silent = CaseOutcome.Came.SILENT
    return {
        "cases": len(rows),
        "unasked": len(rows) - len(asked),
        "score": mean(scores),
        "low": low,
        "high": high,
        "answered": sum(row.came == CaseOutcome.Came.ANSWERED for row in asked),
        "false_refusals": mean(float(row.came == silent) for row in asked if row.case.answerable),
        "abstained_when_unanswerable": mean(float(row.came == silent) for row in asked if not row.case.answerable),
        "leaked_documents": sum(row.leaked for row in asked),
        "degraded": sum(bool(row.degraded) for row in asked),
        "ms_p50": quantile(times, 0.5),
        "ms_p95": quantile(times, 0.95),
        "tokens": sum(row.tokens for row in asked),
        "cost": {currency: str(amount) for currency, amount in spent},
        "by": {kind: mean(values) for kind, values in sorted(kinds.items())},
    }


def nightly() -> int:
    """Begins tonight's runs of today's configuration over each set. Gives how many."""
    begun = 0
    tonight = timezone.now() - timedelta(hours=12)
    for chosen in EvaluationSet.objects.filter(nightly=True):
        if SetRun.objects.filter(set=chosen, nightly=True, created__gte=tonight).exists():
            continue  # the clock may strike twice
        try:
            enqueue(start(chosen, nightly=True))
        except NothingToAsk:
            continue
        begun += 1
    return begun

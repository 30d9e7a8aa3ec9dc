"""A set asked from the command line, in this process, as the workers would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.evaluating import cases, comparing, gate, runs
from assistant.models import Candidate, EvalCase, EvaluationSet, SetRun
from knowledge.errors import PermanentError

Report = Callable[[str, int, int], None]


class Unknown(PermanentError):
    """There is no set or candidate of this name."""


def ask_set(options: dict[str, Any], report: Report) -> dict[str, Any]:
    """Runs the set of ``options["set"]`` and gives run, figures, and with a candidate the comparison and the gate's
    reasons. Raises Unknown or NothingToAsk."""
    if options["fill"]:
        _fill(options["set"], options["half"])
    chosen = EvaluationSet.objects.filter(name=options["set"]).first()
    if chosen is None:
        names = ", ".join(EvaluationSet.objects.values_list("name", flat=True)) or "none"
        raise Unknown(f"There is no set {options['set']!r}. There are: {names}.")
    candidate = Candidate.objects.filter(name=options["candidate"]).first() if options["candidate"] else None
    if options["candidate"] and candidate is None:
        names = ", ".join(Candidate.objects.values_list("name", flat=True)) or "none"
        raise Unknown(f"There is no candidate {options['candidate']!r}. There are: {names}.")
    run = runs.start(chosen, candidate)
    for one in (run.baseline, run):
        if one is not None:
            _work(one, report)
    run.refresh_from_db()
    return _told(run)


def _fill(name: str, half: str) -> None:
    chosen, _ = EvaluationSet.objects.get_or_create(name=name)
    stored = EvalCase.objects.order_by("key")
    cases.fill(chosen, stored if half == "all" else stored.filter(half=half))


def _work(run: SetRun, report: Report) -> None:
    stage = f"Asking {run.called}" if run.called else "Asking today's configuration"
    runs.work(run.pk, lambda done, total: report(stage, done, total))


def _told(run: SetRun) -> dict[str, Any]:
    told: dict[str, Any] = {
        "run": run.pk,
        "set": run.set.name,
        "version": run.version,
        "candidate": run.called,
        "overrides": run.overrides,
        "state": run.state,
        "figures": run.figures,
    }
    if run.baseline is not None and run.over and run.baseline.over:
        changed = [row for row in comparing.rows(run, run.baseline) if row.change in {"worse", "better"}]
        against = comparing.interval(run, run.baseline).as_json()
        told["comparison"] = {
            "baseline": run.baseline.pk,
            **against,
            "changed": [{"key": row.case.key, "change": row.change} for row in changed],
        }
        told["refused"] = list(gate.verdict(run).reasons)
    return told

"""The gate: a candidate answers people only when it was measured and is not worse than what answers now.

The rule: on at least ``EVALUATION_LEAST_CASES`` cases that both runs asked, the lower end of the 95 % interval of the
mean difference of scores (paired bootstrap, ``statistics.paired``) is not below minus ``EVALUATION_MARGIN``; no
document reached somebody who may not read it; every case was asked, and answered by the candidate itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.models import User
from assistant import configuration
from assistant.answering import provenance
from assistant.evaluating.comparing import interval
from assistant.evaluating.statistics import Interval
from assistant.models import ModelEndpoint, Promotion, SetRun
from knowledge.errors import PermanentError

_WORLD = {
    ("embedding", "recipe"): "The embedding model, the cutting of documents or the program has changed since.",
    ("models",): "The language models or their order have changed since.",
    ("policy",): "When to stay silent was set otherwise since.",
}


class PromotionRefused(PermanentError):
    """Why the gate stays closed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reasons`` say why it may not be promoted; none when it may."""

    interval: Interval | None
    reasons: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.reasons


def verdict(run: SetRun) -> Verdict:
    """What the gate says of a run at this moment."""
    base = run.baseline
    if not run.called:
        return Verdict(None, ("This run is of today's configuration: there is nothing to promote.",))
    if run.state != SetRun.State.COMPLETE or base is None or base.state != SetRun.State.COMPLETE:
        return Verdict(None, ("This run and the one it is held against must both be complete.",))
    found = interval(run, base)
    return Verdict(found, (*_stale(run, base), *_failings(run), *_worse(found)))


def _stale(run: SetRun, base: SetRun) -> list[str]:
    reasons = []
    config = configuration.promoted()
    if base.overrides != config.as_json():
        reasons.append("Another configuration was promoted since; measure the candidate against that.")
    if run.version != run.set.version or base.version != run.version:
        reasons.append(f"The set has changed: it was measured on version {run.version}, now it is {run.set.version}.")
    now = provenance.surroundings(config)
    for names, said in _WORLD.items():
        if any(one.world.get(name) != now[name] for one in (run, base) for name in names):
            reasons.append(said)
    if run.candidate and configuration.of_candidate(run.candidate).as_json() != run.overrides:
        reasons.append("The candidate was changed after it was measured.")
    return reasons


def _failings(run: SetRun) -> list[str]:
    told = run.figures
    reasons = []
    if leaked := told.get("leaked_documents"):
        reasons.append(f"{leaked} documents took part in answers to people who may not read them.")
    if unasked := told.get("unasked"):
        reasons.append(f"{unasked} cases were not asked, for want of a person to ask as.")
    if degraded := told.get("degraded"):
        reasons.append(f"In {degraded} cases the candidate failed and something else answered.")
    return reasons


def _worse(found: Interval) -> list[str]:
    least, margin = settings.EVALUATION_LEAST_CASES, settings.EVALUATION_MARGIN
    if found.cases < least:
        return [f"It was compared on {found.cases} cases; at least {least} are needed to say anything."]
    if found.low >= -margin:
        return []
    said = "It is worse" if found.high < 0 else "It may be worse"
    return [
        f"{said}: the mean score differs by {found.difference:+.3f}, with 95 % certainty between {found.low:+.3f} and "
        f"{found.high:+.3f}. Not below {-margin:+.3f} is asked for."
    ]


def promote(run: SetRun, by: User) -> Promotion:
    """Lets a measured candidate answer from the next question on. Raises PromotionRefused with the gate's reasons."""
    with transaction.atomic():
        # Its set, its candidate and what it is held against are read when the lock is held, as they are then.
        run = SetRun.objects.select_for_update().get(pk=run.pk)
        found = verdict(run)
        if not found.passes or found.interval is None:
            raise PromotionRefused(" ".join(found.reasons))
        number = run.overrides.get("answerer", "").removeprefix("row:")
        if number.isdigit():  # what answers people is switched on
            ModelEndpoint.objects.filter(pk=int(number)).update(enabled=True)
        row = Promotion.objects.create(
            overrides=run.overrides, called=run.called, run=run, interval=found.interval.as_json(), by=by
        )
        audit.record(by, "configuration.promoted", row, run=run.pk, low=round(1000 * found.interval.low))
    return row


def roll_back(promotion: int, by: User) -> Promotion:
    """Goes back to what answered before this promotion, by its id, which must be the one that stands: a second click,
    or a page that was opened before somebody else acted, would undo another. Raises PromotionRefused."""
    with transaction.atomic():
        history = list(Promotion.objects.order_by("pk"))
        undone = _standing(history)
        if undone is None:
            raise PromotionRefused("Nothing was promoted, so there is nothing to go back to.")
        if undone.pk != promotion:
            raise PromotionRefused(f"Not rolled back: “{undone}” stands now, and the page you had open showed another.")
        before = _standing([one for one in history if one.pk < undone.pk])
        row = Promotion.objects.create(
            overrides=before.overrides if before else {},
            called=before.called if before else "",
            run=before.run if before else None,
            undid=undone,
            by=by,
        )
        audit.record(by, "configuration.rolled_back", row, undid=undone.pk)
    return row


def standing() -> Promotion | None:
    """The promotion whose settings hold, not counting those that were rolled back; None for the environment alone."""
    return _standing(list(Promotion.objects.order_by("pk")))


def _standing(history: list[Promotion]) -> Promotion | None:
    """What is left when every rolling back took away what it undid."""
    left: list[Promotion] = []
    for one in history:
        if one.undid_id is None:
            left.append(one)
        else:
            left = [other for other in left if other.pk != one.undid_id]
    return left[-1] if left else None

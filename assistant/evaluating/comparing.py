"""Two runs on the same cases: what became better and what worse, and what of it a person may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from assistant.evaluating.cases import visible_ids
from assistant.evaluating.statistics import Interval, paired
from assistant.models import CaseOutcome, SetCase, SetRun

_SAME = 1e-9
_SAID = ("sentences", "notice")
WORDS = {"worse": "Worse", "better": "Better", "same": "Same"}


@dataclass(frozen=True, slots=True)
class Row:
    """One case with what came of it: ``old`` is None where there is nothing to hold it against."""

    case: SetCase
    new: CaseOutcome
    old: CaseOutcome | None

    @property
    def change(self) -> str:
        """worse, better or same; "" with nothing to hold it against."""
        if self.old is None:
            return ""
        difference = self.new.score - self.old.score
        return "same" if abs(difference) < _SAME else "better" if difference > 0 else "worse"

    @property
    def label(self) -> str:
        return WORDS.get(self.change, "")

    @property
    def documents(self) -> set[str]:
        both = [*self.new.documents, *(self.old.documents if self.old else [])]
        return set(both) | self.case.documents


def rows(new: SetRun, old: SetRun | None) -> list[Row]:
    """Worse ones first, then better ones, then the rest, each by key. What was said is left to ``told``: a run has
    hundreds of answers, and a page shows a few."""
    before = {one.case_id: one for one in old.outcomes.defer(*_SAID)} if old is not None else {}
    outcomes = new.outcomes.select_related("case").defer(*_SAID)
    found = [Row(one.case, one, before.get(one.case_id)) for one in outcomes]
    order = {"worse": 0, "better": 1, "same": 2, "": 3}
    return sorted(found, key=lambda row: (order[row.change], row.case.key))


def told(found: Iterable[Row]) -> list[Row]:
    """The same rows with what was said."""
    every = list(found)
    outcomes = [one for row in every for one in (row.new, row.old) if one is not None]
    whole = CaseOutcome.objects.in_bulk([one.pk for one in outcomes])
    return [Row(row.case, whole[row.new.pk], whole[row.old.pk] if row.old else None) for row in every]


def interval(new: SetRun, old: SetRun) -> Interval:
    """Over the cases that both asked, in the same wording."""
    return paired(differences(new, old))


def differences(new: SetRun, old: SetRun) -> list[float]:
    asked = CaseOutcome.objects.exclude(came=CaseOutcome.Came.UNASKED)
    before = dict(asked.filter(run=old).values_list("case", "score"))
    after = asked.filter(run=new).order_by("case").values_list("case", "score")
    return [score - before[case] for case, score in after if case in before]


def readable(found: Iterable[Row], user: User) -> list[Row]:
    """Rows whose case and both answers rest only on documents this person may read now."""
    every = list(found)
    seen = visible_ids(set().union(*(row.documents for row in every)), user)
    return [row for row in every if row.documents <= seen]

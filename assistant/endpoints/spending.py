"""The month's spending on language models, and whether the budget lets a priced one be asked.

Amounts are added when a call is over, so answers that run at the same moment can overshoot by what they cost
together. Days and months are those of the installation's time zone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices.telling import tell
from assistant.endpoints.calls import OK, STOPPED, Call
from assistant.endpoints.rows import ModelBudget, ModelSpending
from assistant.endpoints.value import Endpoint

log = logging.getLogger("footnote.models")


@dataclass(frozen=True, slots=True)
class Account:
    """One currency's month. ``budget`` is None where none is set; ``warn`` and ``over`` follow from it."""

    currency: str
    spent: Decimal
    budget: Decimal | None = None
    warn_percent: int = 80

    @property
    def percent(self) -> int:
        if not self.budget:
            return 100 if self.budget is not None else 0
        return int(100 * self.spent / self.budget)

    @property
    def over(self) -> bool:
        return self.budget is not None and self.spent >= self.budget

    @property
    def warn(self) -> bool:
        return self.budget is not None and self.percent >= self.warn_percent


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint's month."""

    endpoint: str
    model: str
    currency: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    estimated: int  # calls whose tokens were estimated
    cost: Decimal


def settle(call: Call, *, apart: bool = False) -> None:
    """Adds a finished call to the day's spending, and tells the log when it crosses the warning or the budget.

    What is asked ``apart``, to measure, is nobody's use; it is money all the same, so budgets count it.
    """
    before = account(call.currency) if call.cost else None
    today = timezone.localdate()
    row, _ = ModelSpending.everything.get_or_create(
        day=today, endpoint=call.endpoint, model=call.model, currency=call.currency, apart=apart
    )
    ModelSpending.everything.filter(pk=row.pk).update(
        calls=F("calls") + 1,
        failed=F("failed") + int(call.outcome not in {OK, STOPPED}),
        tokens_in=F("tokens_in") + call.tokens_in,
        tokens_out=F("tokens_out") + call.tokens_out,
        estimated=F("estimated") + int(call.estimated),
        cost=F("cost") + call.cost,
    )
    if before is not None:
        _tell(before, account(call.currency))


def allows(endpoint: Endpoint) -> bool:
    """False when the endpoint costs something and the budget in its currency is used up."""
    return not endpoint.has_price or not account(endpoint.currency).over


def account(currency: str, today: date | None = None) -> Account:
    """This month's account in one currency."""
    budget = ModelBudget.objects.filter(currency=currency).first()
    spent = _month(today).filter(currency=currency).aggregate(sum=Sum("cost"))["sum"] or Decimal(0)
    if budget is None:
        return Account(currency, spent)
    return Account(currency, spent, budget.monthly, budget.warn_percent)


def accounts() -> list[Account]:
    """This month's account in every currency that has a budget or was spent."""
    spent = set(_month().exclude(currency="").values_list("currency", flat=True))
    budgeted = set(ModelBudget.objects.values_list("currency", flat=True))
    return [account(currency) for currency in sorted(spent | budgeted)]


def this_month() -> list[Line]:
    """Per endpoint, model and currency, the dearest first."""
    sums = {f"sum_{name}": Sum(name) for name in ("calls", "failed", "tokens_in", "tokens_out", "estimated", "cost")}
    rows = _month().filter(apart=False).values_list("endpoint", "model", "currency").annotate(**sums)
    return sorted((Line(*row) for row in rows), key=lambda line: (-line.cost, -line.calls, line.endpoint))


def _month(today: date | None = None) -> QuerySet[ModelSpending]:
    first = (today or timezone.localdate()).replace(day=1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return ModelSpending.everything.filter(day__gte=first, day__lt=following)


def _tell(before: Account, after: Account) -> None:
    if after.warn and not before.warn:
        _tell_administrators(after, "warn", f"{after.percent} % of this month's budget in {after.currency} is used.")
    if after.over and not before.over:
        stopped = "models with a price are not asked until the month is over."
        _tell_administrators(after, "over", f"The budget in {after.currency} is used up: {stopped}")
    if after.over and not before.over:
        log.warning("models.budget_used_up currency=%s percent=%d", after.currency, after.percent)
    elif after.warn and not before.warn:
        log.warning("models.budget_warning currency=%s percent=%d", after.currency, after.percent)


def _tell_administrators(account: Account, stage: str, text: str) -> None:
    people = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    once = f"budget:{timezone.localdate():%Y-%m}:{account.currency}:{stage}:{account.budget}"
    tell(people, NoticeKind.BUDGET, text, "/insights/", once=once)

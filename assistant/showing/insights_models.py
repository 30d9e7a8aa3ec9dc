"""What language models did and cost, for the administrators' page: counts and amounts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone

from assistant import charts
from assistant.answering.falling_back import HALF, STATES, UNAVAILABLE
from assistant.endpoints.spending import Account, Line, accounts, this_month
from assistant.models import Answer, ModelSpending

_NAMES = {
    UNAVAILABLE: "no language model answered, quotes instead",
    HALF: "a model broke off, quotes for the rest",
    "out_of_budget": "out of budget, quotes instead",
    "generator_declined": "a model declined, quotes instead",
    "wrong_language": "another language, quotes instead",
}


@dataclass(frozen=True, slots=True)
class ModelUse:
    """This month's lines and accounts; cost per day of the given days in the currency most was spent in."""

    lines: list[Line]
    accounts: list[Account]
    currency: str
    costs: charts.Picture | None
    fallbacks: list[tuple[str, int]]  # in words -> how many answers of the given days

    def __bool__(self) -> bool:
        return bool(self.lines or self.accounts)


def model_use(days: Sequence[date]) -> ModelUse:
    months = accounts()
    dearest = max(months, key=lambda account: account.spent, default=None)
    currency = dearest.currency if dearest else ""
    return ModelUse(this_month(), months, currency, _costs(days, currency), _fallbacks(days))


def _costs(days: Sequence[date], currency: str) -> charts.Picture | None:
    rows = ModelSpending.objects.filter(day__gte=days[0], currency=currency).exclude(currency="")
    spent: dict[date, Decimal] = dict(rows.values_list("day").annotate(Sum("cost")))
    if not any(spent.values()):
        return None
    amounts = [[("answered", float(spent.get(day, 0)))] for day in days]
    said = [f"{day:%A} {day.day} {day:%B}: {spent.get(day, Decimal(0)):.2f} {currency}" for day in days]
    return charts.columns(days, amounts, said)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _fallbacks(days: Sequence[date]) -> list[tuple[str, int]]:
    states = {UNAVAILABLE, HALF, *STATES.values()}
    rows = Answer.objects.filter(created__gte=_start(days[0]), degraded__in=states).order_by()
    return [(_NAMES[state], n) for state, n in rows.values_list("degraded").annotate(n=Count("pk")).order_by("-n")]

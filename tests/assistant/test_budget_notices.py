"""Ada is told when the budget for language models is nearly used up, and when it is; each once a month."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.models import Notice, NoticeKind
from assistant.endpoints import spending
from assistant.endpoints.calls import OK, Call
from assistant.models import ModelBudget

pytestmark = pytest.mark.django_db


def test_at_the_share_and_at_the_end(people: SimpleNamespace) -> None:
    ModelBudget.objects.create(currency="EUR", monthly=Decimal(10), warn_percent=80)

    def spend(cost: str) -> list[str]:
        spending.settle(Call("cheap", "m", "answer", outcome=OK, cost=Decimal(cost), currency="EUR"))
        told = Notice.objects.filter(kind=NoticeKind.BUDGET).order_by("id")
        assert {row.user for row in told} <= {people.ada}
        return [row.text for row in told]

    assert spend("7.9") == []
    assert spend("0.2") == ["81 % of this month's budget in EUR is used."]
    assert len(spend("0.2")) == 1, "once"
    assert "used up" in spend("5")[-1]
    assert len(spend("5")) == 2
    assert spending.account("EUR").over

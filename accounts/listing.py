"""Long tables shown a page at a time: what is cheap to know of a million rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts up to ``MOST_COUNTED`` rows and offers pages of so many; whoever looks for older ones filters."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return min(len(rows), MOST_COUNTED) if isinstance(rows, list) else rows.order_by()[:MOST_COUNTED].count()

    @property
    def said(self) -> str:
        """The count in words."""
        return f"{self.count:,}" if self.count < MOST_COUNTED else f"more than {self.count:,}"


def distinct_values(rows: QuerySet[Any], field: str) -> list[str]:
    """The values of an indexed text column, in order, by one step in the index for each."""
    found: list[str] = []
    column = rows.order_by(field).values_list(field, flat=True)
    value = column.first()
    while value is not None:
        found.append(value)
        value = column.filter(**{f"{field}__gt": value}).first()
    return found

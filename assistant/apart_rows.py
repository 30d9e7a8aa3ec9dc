"""Answers that nobody asked for: made to measure or to replay, they are no part of anybody's conversations."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Asked(models.Manager[Row]):
    """What people asked, without what was asked to measure or to replay."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(apart=False)

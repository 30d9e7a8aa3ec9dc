"""What people type to filter a list."""

from __future__ import annotations

import re

from django.db.models import Q

_LONGEST = 200  # characters


def typed(text: str | None) -> str:
    """Without white space around it and without what no database takes: PostgreSQL refuses a NUL."""
    return (text or "").replace("\0", "").strip()[:_LONGEST]


def holding(words: str, *fields: str) -> Q:
    """Rows that have these words, in any case, in one of the fields. By a regular expression, because SQLite's LIKE
    takes Ä and ä for different letters."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__iregex": re.escape(words)})
    return found

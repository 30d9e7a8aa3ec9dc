"""Numbers and years as they are named, and what a passage says of them with all that stands around it. Pure."""

from __future__ import annotations

import re

from knowledge.search import Evidence

_NUMBER = re.compile(r"\d{1,3}(?:[,’'\u00a0\u202f]\d{3})+(?!\d)|\d+")
_CENTURIES = ("19", "20")


def numbers(text: str) -> set[str]:
    """As they are written in one way: without zeros before them and without marks between thousands."""
    return {re.sub(r"\D", "", found).lstrip("0") for found in _NUMBER.findall(text)}


def years(text: str) -> set[str]:
    return {number for number in numbers(text) if len(number) == 4 and number[:2] in _CENTURIES}


def named_by(item: Evidence, *more: str) -> set[str]:
    """The numbers of a passage, its title, headings and page, the year it came into force, and of ``more``."""
    named = numbers(" ".join((item.text, item.document_title, item.page_label, *item.heading_path, *more)))
    return named | ({str(item.effective.year)} if item.effective else set())

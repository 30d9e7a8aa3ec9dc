"""``{{ milliseconds|seconds }}``: every time that is shown to people is in one unit."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def seconds(milliseconds: object) -> str:
    """A dash where nothing was measured."""
    return f"{milliseconds / 1000:.2f} s" if isinstance(milliseconds, int | float) else "–"

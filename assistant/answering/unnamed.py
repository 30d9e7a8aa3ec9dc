"""A year that the question names and nothing that was quoted does: said beside the answer, for it may be of another."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.selection.numbers import named_by, years
from knowledge.search import Evidence


def told(question: str, cited: Iterable[Evidence]) -> str:
    """The notice; "" when every year of the question is named, or nothing is cited."""
    named = [named_by(item) for item in cited]
    missing = sorted(years(question) - set().union(*named)) if named else []
    if not missing:
        return ""
    them = "it" if len(missing) == 1 else "them"
    return f"You asked about {' and '.join(missing)}; nothing quoted here names {them}."

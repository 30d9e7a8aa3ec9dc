"""The tables of a PDF page written into its text, in rows of cells between bars as those of other files are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from ingest.parsers.pdf_tables import Table
from knowledge.placing import letters

_SCRAPS_BEFORE = re.compile(r"\A[ \t]*(?:[-\u2010\u2011 \t]*\n)+")
_SCRAPS_AFTER = re.compile(r"(?:\n[-\u2010\u2011 \t]*)+\Z")


def in_rows(text: str, drawn: str, found: Sequence[Table]) -> str:
    """``text`` with each table written as rows of cells between bars, where its first letter stood.

    The text must have the letters of ``drawn`` in their order; otherwise it is given back as it is.
    """
    ours, theirs = letters(text), letters(drawn)
    if ours.text != theirs.text:
        return text
    owner = {place: number for number, table in enumerate(found) for place in table.letters}
    parts: list[str] = []
    written: set[int] = set()
    end = 0
    for number, run in groupby(zip(ours.places, theirs.places, strict=True), lambda pair: owner.get(pair[1])):
        places = [place for place, _ in run]
        if number is None:
            continue
        parts.append(_without_scraps(text[end : places[0]]))
        if number not in written:
            parts.append(f"\n\n{_written(found[number])}\n\n")
            written.add(number)
        end = places[-1] + 1
    return "".join([*parts, _without_scraps(text[end:])])


def _without_scraps(text: str) -> str:
    """Without the lines at either end that hold dashes only: cells of the table that had no letters."""
    return _SCRAPS_BEFORE.sub("\n", _SCRAPS_AFTER.sub("\n", text))


def _written(table: Table) -> str:
    names = table.rows[0] if table.named else ("",) * len(table.rows[0])
    rows = [names, ("---",) * len(names), *(table.rows[1:] if table.named else table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

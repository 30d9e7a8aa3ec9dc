"""What can be quoted at all: headings, captions and scraps never pass for an answer."""

from __future__ import annotations

import pytest

from assistant.selection.units import is_heading


@pytest.mark.parametrize("text", ["Meaning", "Table 1: Approval limits", "Figure 3", "## Leave", "Is it paid?", "—"])
def test_headings_captions_and_scraps_are_no_answers(text: str) -> None:
    assert is_heading(text, ())


@pytest.mark.parametrize(
    "text", ["Extension 4200", "Tables are booked in Perch.", "Table 1 lists the limits. They hold for all.", "27 days"]
)
def test_short_statements_may_answer(text: str) -> None:
    assert not is_heading(text, ())

"""Questions that differ in one thing only: the answer that was verified for one must not be served for the other."""

from __future__ import annotations

import pytest

from assistant.verified.sameness import Known, differs


@pytest.mark.parametrize(
    ("asked", "known", "answer"),
    [
        ("Can I call support at 18:00?", "Can I call support at 8:00?", "It answers from 8:00 on, at 18:00 it closes."),
        ("Can I call support at 6 pm?", "Can I call support at 8 am?", "It answers from 8 am on, at 6 pm it closes."),
        ("Are backups made 3 times a day?", "Are backups made 2 times a day?", "Backups are made 2 times a day."),
        ("Is it open on Monday?", "Is it open on Friday?", "It is open on Monday and on Friday."),
    ],
)
def test_another_time_or_another_number_of_times_is_another_question(asked: str, known: str, answer: str) -> None:
    assert differs(asked, Known(known, answer)) == "figures"


def test_the_same_time_in_another_writing_is_the_same_figure() -> None:
    assert differs("Is support there at 8 am?", Known("Is support there at 8:00?", "It is there.")) != "figures"

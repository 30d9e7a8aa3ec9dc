"""What can be quoted at all: headings, captions and scraps never pass for an answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.selection.units import cells_of, in_words, is_heading, row_in_words
from knowledge.models import Collection
from tests.assistant.conftest import Asked
from tests.conftest import MakeDocument


@pytest.mark.parametrize("text", ["Meaning", "Table 1: Approval limits", "Figure 3", "## Leave", "Is it paid?", "—"])
def test_headings_captions_and_scraps_are_no_answers(text: str) -> None:
    assert is_heading(text, ())


@pytest.mark.parametrize(
    "text", ["Extension 4200", "Tables are booked in Perch.", "Table 1 lists the limits. They hold for all.", "27 days"]
)
def test_short_statements_may_answer(text: str) -> None:
    assert not is_heading(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "Max. 50 EUR a night.",
        "Ca. 40 people came.",
        "No. 5 is the spare key.",
        "Dr. Voss decides.",
        "A. Keller leads the laboratory.",
        "3. Mai 2025 ist der letzte Tag.",
        "2. 5 mm are enough.",
        "Use 2**16 buckets.",
        "Set DB__HOST and DB__PORT.",
    ],
)
def test_words_and_numbers_are_no_bullets(text: str) -> None:
    assert in_words(text) == text


@pytest.mark.parametrize("mark", ["- ", "• ", "– ", "1. ", "12) ", "(3) ", "a) ", "(b) "])
def test_bullets_are_left_out(mark: str) -> None:
    assert in_words(f"{mark}Book **early**.") == "Book early."


def test_a_cell_keeps_what_would_be_a_bullet_elsewhere() -> None:
    header, cells = cells_of("| Min. rate | Max. rate | # |"), cells_of("| - 5 % | 3. Mai | **12)** |")
    assert row_in_words(header, cells) == "Min. rate: - 5 %; Max. rate: 3. Mai; #: 12)"


RULES = """# Rules

Cleaning staff in the cold store work at most four hours a shift.

3. Mai 2025 ist der letzte Tag der Inventur.

Use 2**16 buckets for DB__HOST of the archive.

| Item | Min. rate | Max. rate |
|---|---|---|
| Night shift | 20 | 30 |
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wann ist der letzte Tag der Inventur?", "3. Mai 2025 ist der letzte Tag der Inventur."),
        ("How many buckets has the archive?", "Use 2**16 buckets for DB__HOST of the archive."),
        ("What is the rate of the night shift?", "Item: Night shift; Min. rate: 20; Max. rate: 30"),
    ],
)
def test_what_is_quoted_is_cleaned_once(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked, question: str, said: str
) -> None:
    make_document(team, "rules.md", RULES, people.alice)
    assert said in [sentence["text"] for sentence in asked(people.bob, question).sentences]

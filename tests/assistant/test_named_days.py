"""A date is the same date in whatever way question and document write it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from assistant.selection.questions import covered, profile
from knowledge.models import Collection
from tests.assistant.conftest import Asked
from tests.conftest import MakeDocument

NAMES = ("Jun Tanabe", "Mara Lind", "Ole Voss", "Ada Kern", "Pia Roth", "Tom Berg", "Eva Holm", "Leo Falk")
FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%-d %b %Y", "%B %-d, %Y")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS)
def test_the_row_of_the_day_that_was_asked_about_is_quoted(
    people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked, form: str
) -> None:
    weeks = [date(2026, 11, 2) + timedelta(weeks=week) for week in range(len(NAMES))]
    rows = [f"| {first.strftime(form)} | {name} |" for first, name in zip(weeks, NAMES, strict=True)]
    text = "\n".join(("# On-call rota", "", "| Week from | On call |", "|---|---|", *rows))
    make_document(team, "rota.md", f"{text}\n", people.alice)
    answer = asked(people.bob, "Who is on call in the week from 7 December 2026?")
    (sentence,) = answer.sentences
    assert "Tom Berg" in sentence["text"]
    assert sentence["short"] == "On call: Tom Berg"


@pytest.mark.parametrize("asked", ["7 December 2026", "2026-12-07", "07.12.2026", "7. Dezember 2026", "Dec 7, 2026"])
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2026-12-07", True),
        ("07.12.2026", True),
        ("7 Dec 2026", True),
        ("2026-12-14", False),
        ("2027-12-07", False),
        ("2026-07-13", False),
        ("12.07.2026", False),
    ],
)
def test_all_terms_of_a_date_are_found_where_it_is_given_and_nowhere_else(asked: str, said: str, found: bool) -> None:
    about = profile(asked, {})
    own, around = covered(about.weights, f"Week from: {said}", "", about.days)
    assert (own == 1.0) is found
    assert around == 0.0


def test_a_date_without_its_year_is_any_years_and_a_month_is_no_date() -> None:
    about = profile("7 December", {})
    assert covered(about.weights, "2026-12-07", "", about.days)[0] == 1.0
    assert covered(profile("7 December 2026", {}).weights, "7 Dec", "", profile("7 December 2026", {}).days)[0] < 1.0
    assert profile("in December 2026", {}).days == ()

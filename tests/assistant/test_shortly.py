"""The short answer before its quote: given only where one thing alone can be meant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from assistant.selection.questions import profile
from assistant.selection.ranking import Ranked
from assistant.selection.shortly import short_answer
from assistant.selection.units import Unit
from knowledge.search import Evidence
from tests.assistant.conftest import Asked


def short(question: str, shown: str, kind: str = "sentence") -> str:
    unit = Unit(0, 0, len(shown), kind, shown, shown, "Handbook", "Handbook")
    nowhere = cast("Evidence", None)  # the words alone decide
    return short_answer(profile(question, {}), Ranked(unit, nowhere, 0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("question", "shown", "expected"),
    [
        ("How long is the probation period?", "The probation period is six months.", "six months"),
        ("How long may it take?", "It usually takes five to ten years.", "five to ten years"),
        ("What may a hotel cost per night?", "A hotel may cost up to €145 per night.", "up to €145 per night"),
        ("When does the old form end?", "The old form ends on 31 March 2027.", "on 31 March 2027"),
        ("How many people live there?", "It is home to ten million people.", "ten million"),
        ("When must flights be booked?", "Flights are booked at least 21 days before.", ""),
        ("How much do we spend?", "We spend $2 million on travel.", "$2 million"),
    ],
)
def test_what_was_asked_for_is_given_with_the_words_that_limit_it(question: str, shown: str, expected: str) -> None:
    assert short(question, shown) == expected


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("How long is parental leave?", "It is 18 weeks for mothers and 4 weeks for the others."),
        ("When was it closed?", "Opened in 1987, it was closed in 2007."),
        ("How many touchdowns were there?", "He caught 76 passes for 1,135 yards."),
        ("How many primes are there?", "There are infinitely many primes, as was shown around 300 BC."),
        ("Who presented the mace when it was opened?", "The Queen presented it in July 1999."),
        ("Is a note needed after 3 days?", "A note is needed after 3 days."),
        ("Why is it 14 characters?", "A password has 14 characters."),
    ],
)
def test_nothing_is_given_when_it_is_not_clear(question: str, shown: str) -> None:
    assert short(question, shown) == ""


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("How long may employees work abroad?", "Employees may not work abroad for more than 30 days per year."),
        ("How much may a hotel cost?", "You must not spend over 120 euros a night."),
        ("How much may a hotel cost?", "You mustn’t spend over 120 euros a night."),
        ("How long must receipts be kept?", "Receipts need not be kept for 10 years."),
        ("How long must receipts be kept?", "Receipts are not kept for 10 years any more."),
        ("How long must receipts be kept?", "Receipts are kept for 10 years unless the auditor says otherwise."),
        ("How long are they kept?", "They are kept for a time other than 10 years."),
        ("On which day may leave be taken?", "Leave may be taken on any day except 24 December."),
        ("When may leave be carried over?", "Leave cannot be carried over after 31 March."),
        ("How long may it last?", "It may last no longer than 5 days."),
        ("How long is it?", "Es dauert keine 5 hours."),
        ("How long is it?", "No dura nunca 5 hours."),
    ],
)
def test_nothing_is_given_of_what_denies_or_excepts(question: str, shown: str) -> None:
    assert short(question, shown) == ""


@pytest.mark.parametrize(
    ("question", "shown", "expected"),
    [
        ("Until when may leave be carried over?", "Leave may be carried over until 31 March.", "until 31 March"),
        ("How many days may be carried over?", "Employees may carry over 5 days.", "5 days"),
        ("How many days may be carried over?", "Employees may carry them over up to 5 days.", "up to 5 days"),
        ("How much is it in all?", "It adds up to 50 euros.", "50 euros"),
        ("How much is it in all?", "It costs over 50 euros.", "over 50 euros"),
        ("By when is it due?", "It is handed in no later than 5 May 2026.", "no later than 5 May 2026"),
    ],
)
def test_a_verbs_particle_is_no_limit(question: str, shown: str, expected: str) -> None:
    assert short(question, shown) == expected


def test_of_a_row_the_column_that_is_named() -> None:
    row = "Grade: G6; Minimum EUR: 53400; Midpoint EUR: 62000; Maximum EUR: 70600"
    assert short("midpoint salary of G6", row, "row") == "Midpoint EUR: 62000"
    assert short("salary of G6", row, "row") == ""


@pytest.mark.django_db(transaction=True)
def test_it_stands_before_the_quote_and_belongs_to_it(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, "How much may a hotel cost per night?")
    first = answer.sentences[0]
    assert first["short"] == "€145 per night"
    assert first["short"] in first["text"] and first["citations"] == [1]
    assert all(not sentence["short"] for sentence in answer.sentences[1:])

from __future__ import annotations

import pytest

from knowledge.followups import context_for

FIRST = "How many days of parental leave do employees get?"


@pytest.mark.parametrize(
    "question", ["And for interns?", "What about apprentices?", "Is it paid?", "How much is it?", "Why?"]
)
def test_a_question_that_says_too_little_is_searched_with_the_one_before(question: str) -> None:
    assert context_for(question, [FIRST]) == FIRST


@pytest.mark.parametrize(
    "question",
    ["Which hotel limit applies in Kestrel Bay under the travel policy?", "How often must the Tarn 500 be calibrated?"],
)
def test_a_question_that_stands_alone_is_searched_alone(question: str) -> None:
    assert context_for(question, [FIRST]) == ""


def test_a_chain_of_follow_ups_reaches_back_to_the_one_that_stood_alone() -> None:
    assert context_for("And for interns?", ["Where is the canteen?", FIRST, "Is it paid?"]) == f"{FIRST} Is it paid?"


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert context_for("And for interns?", []) == ""

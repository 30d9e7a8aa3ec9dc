from __future__ import annotations

import pytest

from knowledge.followups import Exchange, context_for, may_stand_alone

FIRST = "How many days of parental leave do employees get?"
ASKED = Exchange(FIRST)


@pytest.mark.parametrize(
    "question", ["And for interns?", "What about apprentices?", "Is it paid?", "How much is it?", "Why?"]
)
def test_a_question_that_says_too_little_is_searched_with_the_one_before(question: str) -> None:
    assert context_for(question, [ASKED]) == FIRST


@pytest.mark.parametrize(
    "question",
    ["Which hotel limit applies in Kestrel Bay under the travel policy?", "How often must the Tarn 500 be calibrated?"],
)
def test_a_question_that_stands_alone_is_searched_alone(question: str) -> None:
    assert context_for(question, [ASKED]) == ""


def test_a_chain_of_follow_ups_reaches_back_to_the_one_that_stood_alone() -> None:
    earlier = [Exchange("Where is the canteen?"), ASKED, Exchange("Is it paid?")]
    assert context_for("And for interns?", earlier) == f"{FIRST} Is it paid?"


@pytest.mark.parametrize(
    ("question", "may"),
    [("Who is the CFO?", True), ("Where can I park?", True), ("How long?", False), ("Germany?", False),
     ("Who approves?", False), ("And for interns?", False), ("When is it paid?", False)],
)  # fmt: skip
def test_a_short_question_may_be_a_new_one_if_it_asks_for_a_thing(question: str, may: bool) -> None:
    assert may_stand_alone(question) is may


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert context_for("And for interns?", []) == ""

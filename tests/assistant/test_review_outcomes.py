"""What reviewers decide makes the next answer better."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from assistant.errors import ReviewRefused
from assistant.evaluating import cases
from assistant.evaluating.from_reviews import make_case
from assistant.models import (
    ReviewPolicy,
    SetCase,
)
from assistant.reviewing import judging
from assistant.reviewing.judging import Said
from assistant.showing import reviews
from assistant.showing.presenting import present
from knowledge.models import Grant
from tests.assistant.conftest import Asked, quotes
from tests.assistant.reviewing import (
    HOTEL,
    LEAVE,
    RIGHT,
    disliked,
    judge_all,
    policy,
    rosa,
)
from tests.config.test_exporting import exported
from tests.conftest import ClientFor

__all__ = ["policy", "rosa"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_came_of_a_review_is_a_test_question_in_one_call(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy
) -> None:
    answer = asked(people.bob, LEAVE)
    item = disliked(answer, people.bob)
    with pytest.raises(ReviewRefused):
        make_case(answer, people.rita)
    judge_all(answer, people.rita, "supported")
    judging.settle(item, people.rita, Said(RIGHT))
    first = make_case(answer, people.rita)
    case = make_case(answer, people.rita)
    assert case == first == SetCase.objects.get()
    assert (case.question, case.asked_as, case.origin, case.answerable) == (LEAVE, people.rita, people.bob, True)
    assert case.gold[0] == {"document": str(shelf.leave.pk), "quote": quotes(answer)[0]}
    people.bob.delete()
    assert not SetCase.objects.exists(), "a person's question goes with them"


def test_a_quote_that_does_not_support_is_not_used_again_for_the_same_question(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    refused = quotes(answer)[0]
    reviews.judge(answer, 0, people.rita, "unsupported", "")
    assert refused not in quotes(asked(people.bob, HOTEL))
    assert refused not in quotes(asked(people.alice, "what is the hotel limit  per night"))
    assert quotes(asked(people.bob, LEAVE)) == ["Employees receive 27 days of paid annual leave per calendar year."]


def test_a_correction_is_shown_with_the_next_answer_to_those_who_may_see_its_sources(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked
) -> None:
    answer = asked(people.bob, HOTEL)
    reviews.judge(answer, 0, people.rita, "partly", "From July 2027 the limit will be €150.")
    again = asked(people.alice, HOTEL)
    assert "€150" in present(again, people.alice).notice
    assert "€150" not in present(asked(people.charlie, HOTEL), people.charlie).notice
    Grant.objects.filter(user=people.alice, collection=shelf.travel.collection).delete()
    again.refresh_from_db()
    assert "€150" not in present(again, people.alice).notice


def test_a_reviewer_takes_along_what_they_judged_and_an_asker_no_words_they_may_not_read(
    shelf: SimpleNamespace, people: SimpleNamespace, asked: Asked, policy: ReviewPolicy, client_for: ClientFor
) -> None:
    answer = asked(people.bob, HOTEL)
    judge_all(answer, people.rita, "partly")
    case = {"asked_as": people.rita, "origin": people.bob, "answerable": True}
    said = "Is the takeover of Larkwright planned for March?"
    gold = [{"document": str(shelf.memo.pk), "quote": "planned for 14 March 2027"}]
    reworded = cases.take("review-memo", {**case, "question": said, "gold": gold}, people.rita)
    hers, his = exported(client_for(people.rita)), exported(client_for(people.bob))
    footnotes = json.loads(hers.read("footnotes-judged.json"))
    assert {(row["answer"], row["verdict"]) for row in footnotes} == {(str(answer.pk), "partly")}
    assert not json.loads(his.read("footnotes-judged.json"))
    assert [row["set"] for row in json.loads(his.read("test-questions.json"))] == [reworded.set_id]
    assert said not in his.read("test-questions.json").decode(), "a reviewer's words about a memo he may not read"

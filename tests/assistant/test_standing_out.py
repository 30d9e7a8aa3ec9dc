"""The signs of whether to answer at all: a passage that stands out from the next, and what is there in place of a sign
that cannot be read."""

from __future__ import annotations

from dataclasses import replace

from assistant.abstention.abstaining import USUAL_DENSE_LEAD, USUAL_LEAD, Weights, features, probability
from assistant.selection.questions import profile
from assistant.selection.ranking import Ranked
from assistant.selection.units import Unit
from knowledge.search import Evidence
from tests.assistant.test_prompts import EVIDENCE

ASKED = profile("What is the hotel limit per night?", {})


def passages(*scores: float, meaning: bool = True) -> list[Evidence]:
    return [replace(EVIDENCE, score=score, dense=score / 2 if meaning else 0.0) for score in scores]


def sentences(*odds: float) -> list[Ranked]:
    unit = Unit(0, 0, 4, "sentence", "text", "text", "", "")
    best, *others = [Ranked(unit, EVIDENCE, 0.5, 0.0, 0.5, 0.0, read=value) for value in odds]
    return [replace(best, bare=0.6), *others]


def chance(evidence: list[Evidence], ranked: list[Ranked]) -> float:
    return probability(features(ASKED, evidence, ranked), Weights())


def test_the_same_sentence_is_likelier_the_answer_where_its_passage_stands_out() -> None:
    alone, among_others = passages(1.2, 0.4, 0.4, 0.3), passages(1.2, 1.2, 1.1, 1.1)
    assert chance(alone, sentences(0.0)) > chance(among_others, sentences(0.0)) + 0.2


def test_a_sentence_that_was_read_as_the_answer_raises_the_chance_and_its_contrary_lowers_it() -> None:
    evidence = passages(1.0, 0.7)
    unread = chance(evidence, sentences(0.0, 0.0))
    assert chance(evidence, sentences(5.0, -4.0)) > unread > chance(evidence, sentences(-5.0, -5.0))


def test_the_order_of_evidence_does_not_matter() -> None:
    assert features(ASKED, passages(0.4, 1.2, 0.3), sentences(1.0, -1.0)) == features(
        ASKED, passages(1.2, 0.3, 0.4), sentences(-1.0, 1.0)
    )


def test_without_a_model_the_signs_that_need_one_say_nothing() -> None:
    signs = features(ASKED, passages(1.2, 0.4, meaning=False), sentences(0.0))
    assert (signs["dense_lead"], signs["read"]) == (USUAL_DENSE_LEAD, 0.0)


def test_a_passage_with_nothing_beside_it_stands_out_from_nothing() -> None:
    signs = features(ASKED, passages(1.2), sentences(0.0))
    assert (signs["lead"], signs["dense_lead"]) == (USUAL_LEAD, USUAL_DENSE_LEAD)


def test_only_the_next_nine_count_and_no_lead_counts_for_more_than_being_named() -> None:
    evidence = passages(1.0, *[0.6] * 9)
    assert features(ASKED, evidence, sentences(0.0)) == features(ASKED, [*evidence, *passages(0.1)], sentences(0.0))
    assert features(ASKED, passages(3.0, 0.1), sentences(0.0))["lead"] == 0.8


def test_a_year_that_the_passage_does_not_name_lowers_the_chance() -> None:
    asked = profile("What was the hotel limit in 2023?", {})
    other, same = passages(1.0, 0.7), [replace(item, heading_path=("Limits of 2023",)) for item in passages(1.0, 0.7)]
    found = [features(asked, one, [replace(sentences(0.0)[0], evidence=one[0])]) for one in (other, same)]
    assert [signs["numbers_missing"] for signs in found] == [1.0, 0.0]
    assert probability(found[0], Weights()) < probability(found[1], Weights()) - 0.1


def test_without_a_sentence_there_is_no_sign() -> None:
    assert features(ASKED, passages(1.0), []) == {}

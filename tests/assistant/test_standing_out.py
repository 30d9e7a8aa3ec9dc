"""The signs of whether to answer at all: a passage that stands out from the next, and what is there in place of a sign
that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

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


def missing(question: str, **best: Any) -> float:
    evidence = replace(EVIDENCE, **best)
    best = replace(sentences(0.0)[0], evidence=evidence)
    return features(profile(question, {}), [evidence], [best])["numbers_missing"]


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


def test_passages_found_by_words_alone_are_no_measure_for_those_with_a_cosine() -> None:
    """While another model's vectors come in, some passages have no cosine yet, and their scores lack it."""
    whole = passages(1.0, 0.9, 0.9, 0.9)
    half = [*whole, *passages(0.2, 0.1, 0.1, 0.1, meaning=False)]
    assert features(ASKED, half, sentences(0.0)) == features(ASKED, whole, sentences(0.0))
    only = features(ASKED, [*passages(1.0), *passages(0.2, 0.1, meaning=False)], sentences(0.0))
    assert (only["lead"], only["dense_lead"]) == (USUAL_LEAD, USUAL_DENSE_LEAD)


def test_what_was_found_beside_counts_for_how_far_the_best_stands_out() -> None:
    own = passages(0.8)
    near, far = (features(ASKED, own, sentences(0.0), passages(*others)) for others in ((1.2, 1.1), (0.2, 0.1)))
    assert near["lead"] < 0 < far["lead"]
    words = features(ASKED, passages(0.8, meaning=False), sentences(0.0), passages(0.6, 0.5))
    assert words["dense_lead"] == USUAL_DENSE_LEAD
    unasked = features(ASKED, passages(0.0, 0.0), sentences(0.0))  # a document that is read whole, without a model
    assert (unasked["lead"], unasked["dense_lead"]) == (USUAL_LEAD, USUAL_DENSE_LEAD)


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
    year = "What was the hotel limit in 2023?"
    assert missing(year, text="In 2024 it was €140.") == 1.0
    assert missing(year, text="In 2024 it was €140, in 2023 €130.") == 0.0
    assert missing(year, heading_path=("Limits of 2023",)) == missing(year, page_label="2023") == 0.0
    assert missing(year, effective=date(2023, 2, 1)) == 0.0
    lower, higher = ({"bare": 0.5, "numbers_missing": value} for value in (1.0, 0.0))
    assert probability(lower, Weights()) < probability(higher, Weights()) - 0.1


def test_numbers_are_the_same_in_other_writing_and_one_of_several_is_enough() -> None:
    assert missing("Closed on 7 December?", text="2026-12-07: closed.") == 0.0
    assert missing("What do 2,000 pieces cost?", text="From 2000 pieces on: €3.") == 0.0
    assert missing("How long do the Tarn 200 and Tarn 500 warranties run?", text="The Tarn 200: three years.") == 0.0
    assert missing("Which screws has the Tarn 900?", text="The Tarn 200 has six.") == 1.0
    assert missing("How long does it take?", text="Three days.") == 0.0


def test_without_a_sentence_there_is_no_sign() -> None:
    assert features(ASKED, passages(1.0), []) == {}

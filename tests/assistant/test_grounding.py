"""What a quote supports and what it does not."""

from __future__ import annotations

import pytest

from assistant.grounding import judge

HOTEL = "The hotel limit is €145 per night, breakfast included."
DOGS = "Dogs are not allowed in the laboratory."

SUPPORTED = [
    (HOTEL, HOTEL),
    ("The hotel limit is €145 per night.", HOTEL),
    ("Breakfast is included in the hotel limit of 145 euros.", HOTEL),
    ("Employees receive twenty days of leave.", "Employees receive 20 days of paid annual leave."),
    ("The programme begins on 3 March 2026.", "The programme begins on 2026-03-03."),
    ("The audit is on 12 May.", "The audit takes place on May 12, 2026, in the audit room."),
    ("The budget is €1,200.", "The budget is EUR 1200 in all."),
    ("Contact Jun Tanabe for quality questions.", "Quality questions go to Jun Tanabe, quality manager."),
    ("No dogs are allowed in the laboratory.", DOGS),
]
UNSUPPORTED = [
    ("The hotel limit is €154 per night.", HOTEL, "€154"),
    ("The hotel limit is €145 per week.", "The hotel limit is €145 a night; a week costs €900.", ""),
    ("Employees receive 20 weeks of leave.", "Employees receive 20 days of paid annual leave.", "20 days"),
    ("The programme begins on 4 March 2026.", "The programme begins on 2026-03-03.", "4 March 2026"),
    ("Contact Hanna Quist for quality questions.", "Contact Jun Tanabe for quality questions.", "Quist"),
    ("Dogs are allowed in the laboratory.", DOGS, "denies"),
    ("Dogs are not allowed in the laboratory.", "Dogs are allowed in the laboratory.", "denies"),
    ("Requests are made after the trip.", "Requests are made before the trip.", "before"),
    ("The minimum stay is 3 nights.", "The maximum stay is 3 nights.", "maximum"),
    ("The moon is made of cheese.", HOTEL, "something else"),
    (HOTEL, "", "No passage"),
]


@pytest.mark.parametrize(("sentence", "quote"), SUPPORTED)
def test_supported(sentence: str, quote: str) -> None:
    assert judge(sentence, quote).standing == "supported"


@pytest.mark.parametrize(("sentence", "quote", "reason"), UNSUPPORTED)
def test_not_supported_with_the_reason_in_words(sentence: str, quote: str, reason: str) -> None:
    verdict = judge(sentence, quote)
    if reason:
        assert verdict.standing == "unsupported"
    assert reason in verdict.reason


def test_headings_and_titles_may_supply_names_but_not_figures_that_differ() -> None:
    assert judge("The Tarn 500 weighs 18 kg.", "It weighs 18 kg.", "Tarn 500 manual").standing == "supported"
    assert judge("The Tarn 500 weighs 19 kg.", "It weighs 18 kg.", "Tarn 500 manual").standing == "unsupported"


def test_half_of_what_is_said_is_partly_supported() -> None:
    sentence = "The hotel limit covers breakfast, laundry, parking and the minibar."
    assert judge(sentence, HOTEL).standing == "partly"


def test_closeness_alone_supports_nothing() -> None:
    verdict = judge("Lodging is capped at a fixed sum.", HOTEL, cosine=0.95)
    assert verdict.standing == "partly"

"""What a quote supports and what it does not, told by the sentences of a travel policy, a leave rule and their like."""

from __future__ import annotations

import pytest

from assistant.answering.grounding import Source, judge, judge_all

HOTEL = "The hotel limit is €145 per night, breakfast included."
DOGS = "Dogs are not allowed in the laboratory."
LEAVE = "Employees receive 27 days of paid annual leave, interns receive 12 days."
MEALS = ("Country", "Breakfast", "Full day")

SUPPORTED = [
    (HOTEL, HOTEL),
    ("the hotel limit is €145 per night", HOTEL),
    ("The hotel limit is €145 per night.", HOTEL),
    ("Breakfast is included in the hotel limit of 145 euros.", HOTEL),
    ("According to the policy, the hotel limit is EUR 145 per night.", HOTEL),
    ("Employees receive twenty days of leave.", "Employees receive 20 days of paid annual leave."),
    ("Interns receive 12 days, employees receive 27 days of paid annual leave.", LEAVE),
    ("The programme begins on 3 March 2026.", "The programme begins on 2026-03-03."),
    ("The programme begins on March 3, 2026.", "The programme begins on 03.03.2026."),
    ("The audit is on 12 May.", "The audit takes place on May 12, 2026, in the audit room."),
    ("The audit took place in 2026.", "The audit took place on 12 May 2026."),
    ("The budget is €1,200.", "The budget is EUR 1200 in all."),
    ("About 10 percent of sensors drift.", "About 10 % of sensors drift."),
    ("The cable is 5 kilometres long.", "The cable is 5 km long."),
    ("The fund holds 2.5 million euros.", "The fund holds €2,500,000."),
    ("Contact Jun Tanabe for quality questions.", "Quality questions go to Jun Tanabe, quality manager."),
    ("Khloe Marchetti leads the team.", "Khloé Marchetti leads the team."),
    ("Jun Tanabe reviewed the report of Hanna Quist.", "The report of Hanna Quist was reviewed by Jun Tanabe."),
    ("No dogs are allowed in the laboratory.", DOGS),
    ("Dogs aren't allowed in the laboratory.", DOGS),
    ("Dogs are forbidden in the laboratory.", DOGS),
    ("Bookings must be made no later than two weeks ahead.", "Bookings must be made at most 2 weeks ahead."),
    ("In winter, the ferry leaves at 9.", "The ferry leaves at 9 in winter."),
    ("Die Frist beträgt dreißig Tage.", "Die Frist beträgt 30 Tage."),
    ("El plazo termina el 3 de mayo de 2024.", "El plazo termina el 2024-05-03."),
    ("Le délai est de quinze jours.", "Le délai est de 15 jours."),
]
UNSUPPORTED = [
    ("The hotel limit is €154 per night.", HOTEL, "The document says €145, the sentence says €154."),
    ("The hotel limit is $145 per night.", HOTEL, "$145"),
    ("Repairs take 60 days.", "Repairs take 30 days.", "The document says 30 days, the sentence says 60 days."),
    ("The hotel limit is €145 per week.", "The hotel limit is €145 a night; a week costs €900.", ""),
    ("Employees receive 27 weeks of paid annual leave.", LEAVE, "27 days"),
    ("Employees receive 12 days of paid annual leave, interns receive 27 days.", LEAVE, "27 days"),
    ("The probe drifts by 0.5 mg.", "The probe drifts by 0.4 mg.", "0.4 mg"),
    ("Each dose holds 5 g.", "Each dose holds 5 mg.", "5 mg"),
    ("The window is 8 to 12 weeks.", "The window is 8 to 10 weeks.", "10 weeks"),
    ("A certificate is due on the third day.", "A certificate is due on the fourth day.", "fourth"),
    ("Three people sign.", "Two people sign.", "Two"),
    ("The programme begins on 4 March 2026.", "The programme begins on 2026-03-03.", "4 March 2026"),
    ("The programme begins on 3 May 2026.", "The programme begins in May 2026.", "3 May 2026"),
    ("The works opened in 1961.", "The works opened in 1916.", "1916"),
    ("Contact Hanna Quist for quality questions.", "Contact Jun Tanabe for quality questions.", "Quist"),
    ("Hanna Tanabe approves trips.", "Jun Tanabe approves trips.", "Hanna Tanabe"),
    ("Quist reports to Tanabe.", "Tanabe reports to Quist.", "Tanabe"),
    ("The Delaware Bay flows into the Delaware River.", "The Delaware River flows into the Delaware Bay.", "Delaware"),
    ("Dogs are allowed in the laboratory.", DOGS, "The document denies (“not”)"),
    ("Dogs are not allowed in the laboratory.", "Dogs are allowed in the laboratory.", "The sentence denies"),
    ("Visitors may enter without a badge.", "Visitors may enter with a badge.", "without"),
    ("Cash advances are still given.", "Cash advances are no longer given.", "no longer"),
    ("Staff must enter the tank.", "Staff must not enter the tank.", "not"),
    ("The gate is not open and the bell is not loud.", "The gate is open and the bell is not loud.", "not"),
    ("Requests are made after the trip.", "Requests are made before the trip.", "before"),
    ("The minimum stay is 3 nights.", "The maximum stay is 3 nights.", "maximum"),
    ("Members need at most 5 points.", "Members need at least 5 points.", "at least"),
    ("Unpaid leave counts as service.", "Paid leave counts as service.", "Paid"),
    ("The moon is made of cheese.", HOTEL, "something else"),
    (HOTEL, "", "No passage"),
    ("Die Frist beträgt 60 Tage.", "Die Frist beträgt dreißig Tage.", "dreißig Tage"),
    ("Hunde sind im Labor erlaubt.", "Hunde sind im Labor nicht erlaubt.", "nicht"),
    ("El contrato se puede ampliar.", "El contrato no se puede ampliar.", "no"),
    ("Les chiens sont admis dans le laboratoire.", "Les chiens ne sont pas admis dans le laboratoire.", "ne"),
]
PARTLY = [
    ("Some employees receive a badge.", "All employees receive a badge.", "All"),
    ("Guarantees are issued by the board.", "Guarantees are issued only by the board.", "only"),
    ("The hotel limit covers breakfast, laundry, parking and the minibar.", HOTEL, "only part"),
]


@pytest.mark.parametrize(("sentence", "quote"), SUPPORTED)
def test_said_in_other_words_it_stays_supported(sentence: str, quote: str) -> None:
    verdict = judge(sentence, quote)
    assert (verdict.standing, verdict.reason) == ("supported", "")


@pytest.mark.parametrize(("sentence", "quote", "reason"), UNSUPPORTED)
def test_not_supported_with_the_reason_in_words(sentence: str, quote: str, reason: str) -> None:
    verdict = judge(sentence, quote)
    if reason:
        assert verdict.standing == "unsupported"
    assert reason in verdict.reason


@pytest.mark.parametrize(("sentence", "quote", "reason"), PARTLY)
def test_amounts_and_limits_that_differ_are_partly_supported(sentence: str, quote: str, reason: str) -> None:
    verdict = judge(sentence, quote)
    assert verdict.standing == "partly"
    assert reason in verdict.reason


def test_headings_and_titles_may_supply_names_but_not_figures_that_differ() -> None:
    assert judge("The Tarn 500 weighs 18 kg.", "It weighs 18 kg.", "Tarn 500 manual").standing == "supported"
    assert judge("The Tarn 500 weighs 19 kg.", "It weighs 18 kg.", "Tarn 500 manual").standing == "unsupported"
    assert judge("The logger weighs 500 kg.", "The logger weighs 450 kg.", "Tarn 500").standing == "unsupported"


def test_closeness_alone_supports_nothing() -> None:
    verdict = judge("Lodging is capped at a fixed sum.", HOTEL, closeness=lambda one, other: 0.95)
    assert verdict.standing == "partly"


def test_a_subject_the_quote_does_not_speak_of_is_doubted_unless_its_meaning_is_near() -> None:
    sentence, quote = (
        "Contractors are paid on the last day of each month.",
        "Staff are paid on the last day of each month.",
    )
    assert judge(sentence, quote).standing == "partly"
    assert judge(sentence, quote, closeness=lambda one, other: 0.1).standing == "partly"
    assert judge("Personnel are paid on the last day of each month.", quote, closeness=lambda *_: 0.8).standing == (
        "supported"
    )


def row(*cells: str) -> Source:
    words = "; ".join(f"{name}: {cell}" for name, cell in zip(MEALS, cells, strict=True))
    return Source(words, "Meal allowance", "travel", MEALS, cells)


def test_a_table_row_gives_each_column_its_own_cell() -> None:
    norway = row("Norway", "€15", "€71")
    assert judge_all("For Norway, the full day is €71.", [norway]).standing == "supported"
    assert judge_all("Country: Norway; Breakfast: €15; Full day: €71", [norway]).standing == "supported"
    wrong = judge_all("For Norway, the full day is €15.", [norway])
    assert wrong.standing == "unsupported"
    assert wrong.reason == "In the table, “Full day” is €71; €15 is “Breakfast”."


def test_two_rows_do_not_lend_each_other_their_cells() -> None:
    rows = [row("Norway", "€15", "€71"), row("Portugal", "€9", "€44")]
    assert judge_all("For Norway, the full day is €44.", rows).standing == "unsupported"
    assert judge_all("For Norway the full day is €71, while for Portugal it is €44.", rows).standing == "supported"


def test_what_two_documents_say_of_different_things_is_not_said_of_one() -> None:
    tarn = Source("The Tarn 200 has a warranty of three years.", "Quick guide", "guide")
    order = Source("The purchase order must be signed by the finance controller.", "Purchasing", "purchasing")
    mixed = judge_all("The Tarn 200 must be signed by the finance controller.", [tarn, order])
    assert mixed.standing == "partly"
    joined = (
        "The Tarn 200 has a warranty of three years, and the purchase order must be signed by the finance controller."
    )
    assert judge_all(joined, [tarn, order]).standing == "supported"

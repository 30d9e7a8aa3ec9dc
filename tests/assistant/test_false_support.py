"""Sentences that look like what the document says and are not, told as a reader would meet them: a whole passage, the
words chosen from it, and a model of meaning that finds everything near."""

from __future__ import annotations

import pytest

from assistant.answering.citations import choose_quotes
from assistant.answering.grounding import Source, judge_all


def standing(sentence: str, passage: str) -> str:
    sources = [Source(passage[start:end]) for start, end in choose_quotes(sentence, passage)]
    return judge_all(sentence, sources, lambda *_: 0.95).standing


OVERTIME = "Overtime is paid only if the manager approved it."
CUT_OUT = [
    ("Paid leave counts as service.", "Unpaid leave counts as service."),
    ("The fee is €10", "The fee is €100."),
    ("The fee is €10.", "The fee is €10,50."),
    ("5 days of leave are granted", "25 days of leave are granted."),
    ("5 days of leave are granted", "1.5 days of leave are granted."),
    ("Store the kit at 20 °C.", "Store the kit at −20 °C."),
    ("20 °C is the storage temperature.", "−20 °C is the storage temperature."),
    ("Employees may work from abroad.", "It is not the case that employees may work from abroad."),
    ("employees may work from abroad", "It is wrong that employees may work from abroad."),
    ("Employees may work from abroad.", "It was proposed that employees may work from abroad."),
    ("Staff may smoke on the terrace.", "Nobody believes that staff may smoke on the terrace."),
    ("Employees are entitled to sick pay.", "Only employees are entitled to sick pay."),
    ("Overtime is paid", OVERTIME),
    ("Überstunden werden bezahlt.", "Es stimmt nicht, dass Überstunden bezahlt werden."),
]
CONDITION_LEFT_OUT = [
    ("Overtime is paid.", "Overtime is paid if the manager approved it."),
    ("Overtime is paid.", "Overtime is paid unless the manager objects."),
    ("Trips are approved by the manager.", "Trips are approved by the manager, except for trips abroad."),
    ("Employees may work from abroad.", "Employees may work from abroad, provided that the tax office agrees."),
    ("Guests may park in the yard.", "Guests may park in the yard only on weekends."),
    ("The deposit is refunded.", "If the room is undamaged, the deposit is refunded."),
    ("Überstunden werden bezahlt.", "Überstunden werden bezahlt, wenn der Vorgesetzte zugestimmt hat."),
    ("Las horas extra se pagan.", "Las horas extra se pagan si el jefe las aprobó."),
    ("Les heures supplémentaires sont payées.", "Les heures supplémentaires sont payées si le chef est d'accord."),
    ("Сверхурочные оплачиваются.", "Сверхурочные оплачиваются, если начальник согласен."),
]
DENIAL_LEFT_OUT = [
    ("Taxikosten werden erstattet.", "Taxikosten werden nicht erstattet."),
    ("Taxikosten werden nicht erstattet.", "Taxikosten werden erstattet."),
    ("Mitarbeitende müssen Belege einreichen.", "Mitarbeitende müssen keine Belege einreichen."),
    ("Rauchen erlaubt.", "Rauchen nicht erlaubt."),
    ("Сотрудники должны сдавать отчёты.", "Сотрудники не должны сдавать отчёты."),
    ("Курение разрешено.", "Курение не разрешено."),
    ("Les employés doivent badger.", "Les employés ne doivent pas badger."),
    ("Les employés doivent porter un badge.", "Les employés ne doivent pas porter de badge."),
    ("Los empleados pueden fumar.", "Los empleados no pueden fumar."),
]
FAITHFUL = [
    ("The hotel limit is €145 per night", "The hotel limit is €145 per night, breakfast included."),
    ("Employees receive 27 days", "Employees receive 27 days of paid annual leave."),
    ("Store the kit at −20 °C.", "Store the kit at -20 °C."),
    ("The library opens at 9.", "The library opens at 9. If it snows, it stays closed."),
    ("With the manager's approval, overtime is paid.", "Overtime is paid if the manager gave approval."),
    ("If the manager approves, overtime is paid.", "Overtime is paid if the manager approves it."),
    ("Overtime is paid only with approval.", "Overtime is paid only with the manager's approval."),
    ("Taxikosten werden erstattet.", "Taxikosten werden von der Firma erstattet."),
    ("Сотрудники не должны сдавать отчёты.", "Сотрудники не должны сдавать отчёты в бухгалтерию."),
    ("The desk can tell you the fee.", "The desk can tell you if there is a fee."),
]


@pytest.mark.parametrize(("sentence", "passage"), CUT_OUT)
def test_words_cut_out_of_others_that_turn_them_round_are_not_supported_word_for_word(
    sentence: str, passage: str
) -> None:
    assert standing(sentence, passage) != "supported"


@pytest.mark.parametrize(("sentence", "passage"), CONDITION_LEFT_OUT)
def test_what_holds_under_a_condition_does_not_hold_without_it(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "partly"


def test_always_is_more_than_the_document_says() -> None:
    assert standing("Overtime is always paid.", "Overtime is paid.") == "partly"
    assert standing("Overtime is always paid.", "Overtime is paid if the manager approved it.") == "unsupported"


@pytest.mark.parametrize(("sentence", "passage"), DENIAL_LEFT_OUT)
def test_a_denial_counts_in_every_language_however_few_its_other_words(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "unsupported"


@pytest.mark.parametrize(("sentence", "passage"), FAITHFUL)
def test_faithful_sentences_raise_no_alarm(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "supported"


def test_words_found_in_a_sentence_are_quoted_with_all_of_it() -> None:
    passage = f"Overtime has rules. {OVERTIME}"
    assert [passage[start:end] for start, end in choose_quotes("Overtime is paid", passage)] == [OVERTIME]

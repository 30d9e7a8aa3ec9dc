"""Sentences that look like what the document says and are not, told as a reader would meet them: a whole passage, the
words chosen from it, and a model of meaning that finds everything near."""

from __future__ import annotations

import pytest

from assistant.answering.citations import beside, choose_quotes
from assistant.answering.grounding import Source, judge_all


def standing(sentence: str, passage: str) -> str:
    sources = [
        Source(passage[start:end], beside=beside(passage, start, end))
        for start, end in choose_quotes(sentence, passage)
    ]
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
LEAVE = "Employees receive 30 days of paid annual leave. Interns receive 12 days."
CITIES = "In capital cities the hotel limit is 180 euros. In all other cities it is 120."
STAFF = "Full-time staff get 30 days, part-time staff get 15."
ROOMS = "Standard rooms cost 120 euros and superior rooms cost 180."
SIGNING = "Team leads may approve up to 500 euros. Directors may approve up to 5,000 euros."
NOTICE = "The notice period is two weeks during probation and three months after probation."
URLAUB = "Angestellte erhalten 30 Tage Urlaub, Praktikanten erhalten 12 Tage."
OF_ANOTHER = [
    ("Interns receive 30 days of paid annual leave.", LEAVE),
    ("Employees receive 12 days of paid annual leave.", LEAVE),
    ("In capital cities the hotel limit is 120.", CITIES),
    ("In all other cities the hotel limit is 180 euros.", CITIES),
    ("Part-time staff get 30 days.", STAFF),
    ("Full-time staff get 15 days.", STAFF),
    ("Superior rooms cost 120 euros.", ROOMS),
    ("Standard rooms cost 180 euros.", ROOMS),
    ("Directors may approve 500 euros.", SIGNING),
    ("Team leads may approve up to 5,000 euros.", SIGNING),
    ("The notice period after probation is two weeks.", NOTICE),
    ("Praktikanten erhalten 30 Tage Urlaub.", URLAUB),
    ("Berlin opens on 1 May.", "Hamburg opens on 1 May and Berlin opens on 1 June."),
]
OWN = [
    ("Interns receive 12 days of leave.", LEAVE),
    ("Employees receive 30 days, interns 12 days.", LEAVE),
    ("In all other cities the limit is 120.", CITIES),
    ("In capital cities the hotel limit is 180 euros.", CITIES),
    ("Part-time staff get 15.", STAFF),
    ("Full-time staff get 30 days and part-time staff get 15 days.", STAFF),
    ("Superior rooms cost 180 and standard rooms cost 120 euros.", ROOMS),
    ("Directors may approve up to 5,000 euros.", SIGNING),
    ("During probation the notice period is two weeks.", NOTICE),
    ("Pumps run at 3600 turns in the USA with 60 Hz.", "Pumps run at 3600 turns (rpm) in the USA with 60 Hz."),
]
DUTY = "Employees must wear a badge."
LEAVE_GIVEN = "Employees may wear a badge."
OTHER_FORCE = [
    (LEAVE_GIVEN, DUTY, "unsupported"),
    (DUTY, LEAVE_GIVEN, "unsupported"),
    ("Employees are required to wear a badge.", LEAVE_GIVEN, "unsupported"),
    ("Employees are allowed to wear a badge.", DUTY, "unsupported"),
    ("Employees need not wear a badge.", DUTY, "unsupported"),
    ("Visitors must wear a badge.", f"{DUTY} Visitors may wear a badge.", "unsupported"),
    ("Mitarbeitende können einen Ausweis tragen.", "Mitarbeitende müssen einen Ausweis tragen.", "unsupported"),
    ("Los empleados pueden llevar la tarjeta.", "Los empleados deben llevar la tarjeta.", "unsupported"),
    ("Les employés peuvent porter un badge.", "Les employés doivent porter un badge.", "unsupported"),
    ("Сотрудники могут носить пропуск.", "Сотрудники должны носить пропуск.", "unsupported"),
    (DUTY, "Employees should wear a badge.", "partly"),
    ("Employees should wear a badge.", DUTY, "partly"),
    ("The company will pay the fee.", "The company may pay the fee.", "partly"),
    ("The company pays the fee.", "The company may pay the fee.", "partly"),
]
SAME_FORCE = [
    ("Employees have to wear a badge.", DUTY),
    ("Employees shall wear a badge.", DUTY),
    ("Employees are required to wear a badge.", DUTY),
    ("Employees can work from abroad.", "Employees are allowed to work from abroad."),
    ("Employees must not smoke indoors.", "Employees may not smoke indoors."),
    ("Employees cannot smoke indoors.", "Employees must not smoke indoors."),
    ("Employees don't have to wear a badge.", "Employees need not wear a badge."),
]
MEASURED_OTHERWISE = [
    ("The allowance is 50 euros per month.", "The allowance is 50 euros per day.", "unsupported"),
    ("The allowance is 50 euros a month.", "The allowance is 50 euros a day.", "unsupported"),
    ("The rate is 80 euros per night.", "The rate is 80 euros per person.", "unsupported"),
    ("The allowance is 50 euros per month.", "The allowance is 50 euros.", "partly"),
    ("The deadline is 14 days.", "The deadline is 14 working days.", "partly"),
    ("The deadline is 14 calendar days.", "The deadline is 14 working days.", "unsupported"),
    ("Die Frist beträgt 14 Tage.", "Die Frist beträgt 14 Werktage.", "partly"),
    ("Reports are due annually.", "Reports are due quarterly.", "unsupported"),
    ("The team meets once a week.", "The team meets twice a week.", "unsupported"),
    ("The team meets weekly.", "The team meets once a month.", "unsupported"),
    ("Das Limit beträgt 50 Euro pro Monat.", "Das Limit beträgt 50 Euro pro Tag.", "unsupported"),
    ("El límite es de 50 euros por mes.", "El límite es de 50 euros por día.", "unsupported"),
    ("La limite est de 50 euros par mois.", "La limite est de 50 euros par jour.", "unsupported"),
    ("The current is 5 A.", "The current is 5 mA.", "unsupported"),
    ("The fee is €100.", "The fee is ¥100.", "unsupported"),
    ("The pressure is 3 psi.", "The pressure is 3 bar.", "unsupported"),
    ("Срок составляет 30 недель.", "Срок составляет 30 дней.", "unsupported"),
    ("The fee is 1 euro.", "The fee is 1,000 euros.", "unsupported"),
    ("Half of the staff work remotely.", "A third of the staff work remotely.", "unsupported"),
    ("Half of the staff work remotely.", "40 % of the staff work remotely.", "unsupported"),
    ("The dose is ½ tablet.", "The dose is ¼ tablet.", "unsupported"),
    ("The work takes 5 days.", "The work takes 5 to 10 days.", "partly"),
    ("The work takes 10 days.", "The work takes between 5 and 10 days.", "partly"),
    ("Die Frist beträgt einundzwanzig Tage.", "Die Frist beträgt zweiundzwanzig Tage.", "unsupported"),
    ("Срок составляет двадцать дней.", "Срок составляет тридцать дней.", "unsupported"),
    ("The deposit is refundable.", "The deposit is non-refundable.", "unsupported"),
    ("The ticket is non-refundable.", "The ticket is refundable.", "unsupported"),
]
MEASURED_ALIKE = [
    ("The deadline is 14 working days.", "The deadline is 14 business days."),
    ("The team meets weekly.", "The team meets once a week."),
    ("The fee is €20 a month.", "The fee is €20 per month."),
    ("The rate is 80 euros per person per night.", "The rate is 80 euros per night and person."),
    ("The hotel limit is €145.", "The hotel limit is €145 per night."),
    ("The deadline is 14 days.", "The deadline is two weeks."),
    ("Die Frist beträgt 21 Tage.", "Die Frist beträgt einundzwanzig Tage."),
    ("Срок составляет 20 дней.", "Срок составляет двадцать дней."),
    ("Half the staff work remotely.", "50 percent of the staff work remotely."),
    ("The dose is 0.5 tablet.", "The dose is ½ tablet."),
    ("The fee is 1.000 Euro.", "The fee is 1,000 euros."),
    ("The work takes 5 to 10 days.", "The work takes 5–10 days."),
    ("The work takes at most 10 days.", "The work takes 5 to 10 days."),
    ("The deposit is not refundable.", "The deposit is non-refundable."),
]
ANOTHER_TIME = [
    ("The canteen closes on Mondays.", "The canteen closes on Tuesdays."),
    ("Die Kantine schließt am Montag.", "Die Kantine schließt am Dienstag."),
    ("La cantina cierra el lunes.", "La cantina cierra el martes."),
    ("La cantine ferme le lundi.", "La cantine ferme le mardi."),
    ("Столовая закрыта в понедельник.", "Столовая закрыта во вторник."),
    ("The canteen closes in March.", "The canteen closes in April."),
    ("La cantina cierra en marzo.", "La cantina cierra en abril."),
    ("La cantine ferme en mars.", "La cantine ferme en avril."),
    ("Столовая закрыта в марте.", "Столовая закрыта в апреле."),
    ("The gate opens at 7 am.", "The gate opens at 7 pm."),
    ("The shift starts at noon.", "The shift starts at midnight."),
    ("The rule applies from 1 May.", "The rule applies until 1 May."),
    ("The rule has applied since 2020.", "The rule applied until 2020."),
    ("Der Antrag ist spätestens am 1. Mai zu stellen.", "Der Antrag ist frühestens am 1. Mai zu stellen."),
    ("Die Regel gilt bis 1. Mai.", "Die Regel gilt ab 1. Mai."),
    ("Заявка подаётся до 1 мая.", "Заявка подаётся после 1 мая."),
]
SAME_TIME = [
    ("The meeting is at 2:30 pm.", "The meeting is at 14:30."),
    ("The gate opens at 07:00.", "The gate opens at 7 a.m."),
    ("The ferry leaves at 9:00.", "The ferry leaves at 9."),
    ("The shift starts at 12:00.", "The shift starts at noon."),
    ("The deadline is two weeks.", "The deadline is 14 days."),
    ("The programme begins on 3 May 2025.", "The programme begins on 05/03/2025."),
    ("The programme begins on 5 March 2025.", "The programme begins on 05/03/2025."),
    ("The canteen closes on Mondays.", "The canteen closes every Monday."),
    ("The audit took place in May.", "The audit took place on 12 May 2026."),
    ("The rule applies until 1 May.", "The rule applies from 1 March until 1 May."),
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
    ("South Africa's Western Cape is rich in plants.", "South Africa 's Western Cape is rich in plants."),
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


@pytest.mark.parametrize(("sentence", "passage"), OF_ANOTHER)
def test_a_figure_of_another_subject_is_not_supported(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "unsupported"


@pytest.mark.parametrize(("sentence", "passage", "expected"), OTHER_FORCE)
def test_duty_leave_and_advice_are_told_apart(sentence: str, passage: str, expected: str) -> None:
    assert standing(sentence, passage) == expected


@pytest.mark.parametrize(("sentence", "passage", "expected"), MEASURED_OTHERWISE)
def test_units_periods_ranges_and_parts_must_agree(sentence: str, passage: str, expected: str) -> None:
    assert standing(sentence, passage) == expected


@pytest.mark.parametrize(("sentence", "passage"), ANOTHER_TIME)
def test_days_months_and_times_of_day_must_agree(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "unsupported"


@pytest.mark.parametrize(("sentence", "passage"), FAITHFUL + OWN + SAME_FORCE + MEASURED_ALIKE + SAME_TIME)
def test_faithful_sentences_raise_no_alarm(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "supported"


def test_a_name_behind_non_is_a_name() -> None:
    passage = "Molasses of non-English colonies were taxed."
    assert standing("Molasses of non-Danish colonies were taxed.", passage) == "unsupported"


def test_a_month_is_not_given_by_the_date_of_the_document() -> None:
    quote = "The office is closed in winter."
    source = Source(quote, "Opening hours / 1 January 2025")
    assert judge_all("The office is closed in January.", [source]).standing == "unsupported"
    assert judge_all("The office is closed in January.", [Source(quote, "January")]).standing == "supported"


def test_a_figure_beside_the_quote_tells_whose_it_is() -> None:
    sentence = "In all other cities the hotel limit is 180 euros."
    quote, rest = CITIES.split(" In ")
    assert judge_all(sentence, [Source(quote)]).standing == "supported"
    assert judge_all(sentence, [Source(quote, beside=f"In {rest}")]).standing == "unsupported"


def test_words_found_in_a_sentence_are_quoted_with_all_of_it() -> None:
    passage = f"Overtime has rules. {OVERTIME}"
    assert [passage[start:end] for start, end in choose_quotes("Overtime is paid", passage)] == [OVERTIME]


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The audit takes place in March.", "The audit takes place yearly: March."),
        ("Heating runs from October to May.", "Heating runs: October–May."),
        ("Employees get 30 days of vacation each year.", "Employees get 30 days of annual vacation."),
        ("The rate is 3.75 %.", "The rate is 3.750 %."),
    ],
)
def test_another_writing_of_the_same_raises_no_alarm(sentence: str, passage: str) -> None:
    assert standing(sentence, passage) == "supported"

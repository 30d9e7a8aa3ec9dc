"""Where documents disagree: what is named, what is left alone, who is told, and what is said of each side's age."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assistant.answering.disagreement import dates_differ, figures_differ
from assistant.models import Answer
from assistant.selection.measures import same_amounts
from assistant.showing.presenting import AnswerView, present
from knowledge.models import Collection, Document, Grant
from tests.assistant.conftest import Asked
from tests.assistant.model_server import ModelServer, Script
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How often must the oxygen sensor be calibrated?"
MANUAL = "# Product manual\n\nThe oxygen sensor must be calibrated every 12 months.\n"
PROCEDURE = "# Calibration procedure\n\nThe oxygen sensor has to be calibrated every 6 months.\n"
OTHER = "# pH sensors\n\nThe pH sensor must be calibrated every 3 months.\n"


@pytest.fixture
def shelf(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> SimpleNamespace:
    board = Collection.objects.create(name="Board", slug="board", owner=people.alice)
    Grant.objects.create(collection=board, user=people.alice, role=Grant.Role.CURATOR)
    return SimpleNamespace(
        board=board,
        manual=make_document(team, "manual.md", MANUAL, people.alice),
        other=make_document(team, "ph.md", OTHER, people.alice),
    )


def shown(answer: Answer, person: SimpleNamespace) -> AnswerView:
    return present(Answer.objects.get(pk=answer.pk), person)  # type: ignore[arg-type]


def test_both_sides_are_told_with_their_words_and_a_footnote(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    procedure = make_document(team, "qp-17.md", PROCEDURE, people.alice)
    Document.objects.filter(pk=procedure.pk).update(effective=date(2026, 3, 3))
    Document.objects.filter(pk=shelf.manual.pk).update(effective=date(2024, 1, 1))
    answer = asked(people.bob, QUESTION)
    (one,) = shown(answer, people.bob).disagreements
    assert {(side.said, side.footnote.document_title) for side in one.sides} == {
        ("12 months", shelf.manual.title),
        ("6 months", procedure.title),
    }
    assert all(side.footnote.quote.startswith("The oxygen sensor") for side in one.sides)
    assert one.verdict == f"Both are in force; “{procedure.title}” is the newer, since 3 March 2026."


def test_a_hidden_document_disagrees_with_nobody(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument, asked: Asked
) -> None:
    hidden = make_document(shelf.board, "qp-17.md", PROCEDURE, people.alice)
    before = asked(people.bob, QUESTION)
    assert shown(before, people.bob).disagreements == ()
    assert len(shown(asked(people.alice, QUESTION), people.alice).disagreements) == 1
    Document.objects.filter(pk=hidden.pk).delete()
    after = asked(people.bob, QUESTION)
    same = ("text", "notice", "steps", "confidence", "retrieved", "disagreements")
    assert [getattr(before, name) for name in same] == [getattr(after, name) for name in same]


def test_who_may_no_longer_read_one_side_is_told_of_neither(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument, asked: Asked
) -> None:
    make_document(shelf.board, "qp-17.md", PROCEDURE, people.alice)
    answer = asked(people.alice, QUESTION)
    assert shown(answer, people.alice).disagreements
    Grant.objects.filter(collection=shelf.board).delete()
    view = shown(answer, people.alice)
    assert view.withheld
    assert view.disagreements == ()


def test_only_the_one_in_force_is_said_to_hold(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    procedure = make_document(team, "qp-17.md", PROCEDURE, people.alice)
    answer = asked(people.bob, QUESTION)
    assert "nothing says since when" in shown(answer, people.bob).disagreements[0].verdict
    yesterday = timezone.localdate() - timedelta(days=1)
    Document.objects.filter(pk=procedure.pk).update(effective_until=yesterday)
    (one,) = shown(answer, people.bob).disagreements
    assert one.verdict == f"Only “{shelf.manual.title}” is in force."
    marks = {side.footnote.document_title: side.footnote.marks for side in one.sides}
    assert marks[procedure.title] == (f"no longer in force (until {yesterday:%-d %B %Y})",)
    assert marks[shelf.manual.title] == ()


def test_what_has_ended_is_quoted_after_what_is_in_force(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    Document.objects.filter(pk=shelf.manual.pk).update(effective_until=date(2025, 12, 31))
    make_document(team, "qp-17.md", PROCEDURE, people.alice)
    assert "6 months" in asked(people.bob, QUESTION).sentences[0]["text"]


def test_a_language_models_answer_is_set_against_the_other_documents_too(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    team: Collection,
    make_document: MakeDocument,
    model_server: ModelServer,
    asked: Asked,
) -> None:
    make_document(team, "qp-17.md", PROCEDURE, people.alice)
    model_server.script = Script(pieces=("The oxygen sensor must be calibrated every 12 months [1][2].",))
    view = shown(asked(people.bob, QUESTION), people.bob)
    assert view.generator != "quoting"
    assert {side.said for one in view.disagreements for side in one.sides} == {"12 months", "6 months"}


def test_the_page_shows_who_says_what(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    team: Collection,
    make_document: MakeDocument,
    asked: Asked,
    client_for: ClientFor,
) -> None:
    make_document(team, "qp-17.md", PROCEDURE, people.alice)
    answer = asked(people.bob, QUESTION)
    page = client_for(people.bob).get(f"/c/{answer.turn.conversation_id}/").content.decode()
    assert page.count("data-disagreement") == 1
    assert "Documents disagree about this" in page
    assert page.count("differ__side") >= 2


def test_another_subject_year_or_role_is_no_disagreement(
    shelf: SimpleNamespace, people: SimpleNamespace, team: Collection, make_document: MakeDocument, asked: Asked
) -> None:
    make_document(
        team, "tarn.md", "# Tarn 200\n\nThe oxygen sensor of the Tarn 200 is calibrated every 9 months.\n", people.alice
    )
    make_document(
        team, "tern.md", "# Tarn 500\n\nThe oxygen sensor of the Tarn 500 is calibrated every 7 months.\n", people.alice
    )
    view = shown(asked(people.bob, "How often is the oxygen sensor of the Tarn 200 calibrated?"), people.bob)
    assert not any({"9 months", "7 months"} <= {side.said for side in one.sides} for one in view.disagreements)


@pytest.mark.parametrize(
    ("expects", "one", "other", "differ"),
    [
        ("duration", "It lasts six months.", "It lasts 6 months.", False),
        ("duration", "It lasts six months.", "It lasts three months.", True),
        ("duration", "It is checked every six months.", "It must be ready within two months.", False),
        ("money", "It costs €20 for 3 days.", "It costs €25 for 3 days.", True),
        ("money", "It costs €20.", "It takes 3 days.", False),
        ("number", "One approval is needed.", "Two approvals are needed.", True),
        ("", "One approval is needed.", "Two approvals are needed.", False),
    ],
)
def test_figures_are_compared_with_their_like(expects: str, one: str, other: str, differ: bool) -> None:
    assert figures_differ(expects, one, other) is differ


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("They run from 10:00 to 15:00.", "They run from 08:00 to 14:00.", True),
        ("It begins on 3 March 2026.", "It begins on March 3, 2026.", False),
        ("It begins on 3 March 2026.", "It begins on 4 March 2026.", True),
        ("It begins on 3 March.", "It begins in March 2026.", False),
        ("From the fourth day of illness.", "From the third day of illness.", True),
    ],
)
def test_dates_and_times_are_compared_as_far_as_they_are_given(one: str, other: str, differ: bool) -> None:
    assert dates_differ("date", one, other) is differ


EQUAL = [
    ("It takes 14 days.", "It takes two weeks."),
    ("It takes 24 months.", "It takes two years."),
    ("It takes 18 months.", "It takes 1.5 years."),
    ("It takes 24 hours.", "It takes 1 day."),
    ("It takes 90 minutes.", "It takes 1.5 hours."),
    ("It costs €2 million.", "It costs €2,000,000."),
    ("Es kostet 1.500 Euro.", "Es kostet 1500 Euro."),
    ("It costs 1'500 EUR.", "It costs 1500 EUR."),
    ("It costs 1’500 EUR.", "It costs €1,500."),
]
UNEQUAL = [
    ("It costs €2 million.", "It costs €2."),
    ("It takes 14 days.", "It takes three weeks."),
    ("It takes 30 days.", "It takes one month."),
    ("It costs 1.500 Euro.", "It costs 1600 Euro."),
]


@pytest.mark.parametrize(("one", "other", "differ"), [*((*p, False) for p in EQUAL), *((*p, True) for p in UNEQUAL)])
def test_the_same_in_another_unit_or_writing_is_no_disagreement(one: str, other: str, differ: bool) -> None:
    assert figures_differ("", one, other) is differ
    assert same_amounts(one, other) is not differ


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("The office closes at 5:00 pm.", "The office closes at 17:00.", False),
        ("The office closes at 5 p.m.", "The office closes at 17:00.", False),
        ("The office opens at 12:30 am.", "The office opens at 00:30.", False),
        ("Das Büro schließt um 17 Uhr.", "The office closes at 5 pm.", False),
        ("The office closes at 5 pm.", "The office closes at 18:00.", True),
        ("The office closes at 5 am.", "The office closes at 5 pm.", True),
    ],
)
def test_a_time_of_day_is_the_same_in_any_writing(one: str, other: str, differ: bool) -> None:
    assert dates_differ("date", one, other) is differ
    assert same_amounts(one, other) is not differ


@pytest.mark.parametrize(("every", "disagreements"), [("1 year", 0), ("2 years", 1)])
def test_documents_that_agree_in_other_units_are_not_said_to_disagree(
    people: SimpleNamespace,
    team: Collection,
    make_document: MakeDocument,
    asked: Asked,
    every: str,
    disagreements: int,
) -> None:
    make_document(team, "manual.md", MANUAL, people.alice)
    make_document(team, "qp-17.md", MANUAL.replace("12 months", every), people.alice)
    assert len(shown(asked(people.bob, QUESTION), people.bob).disagreements) == disagreements

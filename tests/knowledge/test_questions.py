"""What a question says of where to look, and which documents that names."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from knowledge.followups import Exchange
from knowledge.models import Collection, Document
from knowledge.questions import read_question, split_place
from knowledge.search import search

MakeDocument = Callable[..., Document]


@pytest.mark.parametrize(
    ("question", "place", "asked"),
    [
        (
            "According to the travel policy, who approves flights?",
            "According to the travel policy",
            "who approves flights?",
        ),
        ("Consider the lab manual; may visitors enter alone?", "Consider the lab manual", "may visitors enter alone?"),
        ("Who approves flights, and when?", "", "Who approves flights, and when?"),
        ("In Berlin, why?", "", "In Berlin, why?"),
    ],
)
def test_words_that_say_where_are_told_from_what_is_asked(question: str, place: str, asked: str) -> None:
    assert split_place(question) == (place, asked)


def test_what_was_said_before_is_read_along_and_the_language_told() -> None:
    before = [Exchange("Who approves flights?", "The head of department approves flights.")]
    question = read_question("Welche Hotels dürfen gebucht werden, wenn die Reise länger dauert?", before)
    assert question.language == "de"
    assert question.background.startswith("Who approves flights? The head")
    assert question.referred == ""


@pytest.mark.django_db
def test_a_document_that_is_named_goes_first_and_its_name_does_not_drown_the_question(
    make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    make_document(
        team,
        "harbour rules.md",
        "The harbour rules apply to all who come to the harbour. Rules of the harbour are reviewed yearly.\n\n"
        + "\n\n".join(f"Paragraph {n} of the harbour rules was left empty on purpose." for n in range(30))
        + "\n\nBoats longer than nine metres moor at the north pier.",
        by=people.alice,
    )
    make_document(team, "marina guide.md", "Long boats moor at the east pier, say the old rules.", by=people.alice)
    found = search("According to the harbour rules, where do long boats moor?", people.bob).evidence
    assert found[0].document_name == "harbour rules.md"
    assert "north pier" in found[0].text
    plain = search("Where do long boats moor?", people.bob).evidence
    assert plain[0].document_name == "marina guide.md"


@pytest.mark.django_db
def test_a_hidden_document_that_is_named_changes_nothing(
    make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    make_document(team, "marina guide.md", "Long boats moor at the east pier.", by=people.alice)
    question = "According to the harbour rules, where do long boats moor?"
    before = search(question, people.bob)
    hidden = make_document(team, "harbour rules.md", "Long boats moor at the north pier.", by=people.alice)
    hidden.restricted = True
    hidden.save()
    after = search(question, people.bob)
    assert (before.evidence, before.term_weights) == (after.evidence, after.term_weights)


@pytest.mark.django_db
def test_of_the_same_words_in_two_languages_the_askers_own_come_first(
    make_document: MakeDocument, team: Collection, people: SimpleNamespace
) -> None:
    english = "# Pier\n\nThe permission of the harbour master is needed for moorings at the Kestrel Bay pier in winter."
    german = "# Pier\n\nFür das Anlegen am Pier von Kestrel Bay braucht man im Winter eine Erlaubnis vom Hafenmeister."
    make_document(team, "pier-en.md", english, by=people.alice)
    make_document(team, "pier-de.md", german, by=people.alice)
    asked = "Welche Erlaubnis braucht man im Winter am Pier von Kestrel Bay?"
    assert search(asked, people.bob).evidence[0].document_name == "pier-de.md"
    asked = "Which permission is needed at the Kestrel Bay pier in winter?"
    assert search(asked, people.bob).evidence[0].document_name == "pier-en.md"


def test_what_a_question_leans_on_is_told_from_its_own_words() -> None:
    question = read_question("And for interns?", [Exchange("How many days of parental leave do employees get?")])
    assert question.own(placed=False) == "And for interns?"
    assert question.asked(placed=False) == "How many days of parental leave do employees get? And for interns?"

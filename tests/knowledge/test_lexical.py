from __future__ import annotations

from knowledge.lexical import analyse, analyse_question, words


def test_words_are_folded_and_numbers_read_alike() -> None:
    assert words("Straße 1,200 and 1.200 are 7,5 or 7.5") == [
        "strasse",
        "1200",
        "and",
        "1200",
        "are",
        "7.5",
        "or",
        "7.5",
    ]


def test_stop_words_go_and_negation_stays() -> None:
    assert analyse("The visitors are not allowed in the laboratory") == ["visitor", "not", "allow", "laboratori"]


def test_each_language_has_its_own_stems() -> None:
    assert analyse("Die Reisekosten werden erstattet", "de")[0] == analyse("Reisekosten", "de")[0]
    question = analyse_question("Reisekosten", ("en", "de"))
    assert len(question.terms) == 1
    assert analyse("Reisekosten", "de")[0] in question.terms[0]


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words("防水です") == ["防水", "水で", "です"]


def test_terms_of_the_context_weigh_less() -> None:
    question = analyse_question("interns", context="parental leave for interns")
    weights = dict(zip(question.terms, question.weights, strict=True))
    assert weights[("intern",)] == 1.0
    assert weights[("parent",)] == 0.5

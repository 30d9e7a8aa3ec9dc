"""Markers in generated text lead only into what was supplied."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citations import (
    Marker,
    ProvisionalText,
    RawSentence,
    SentenceReader,
    choose_quote,
    match_passage,
    supplied_only,
)

TEXT = (
    "Hotels cost €120 per night. [1] See Dr. Voss for e.g. exceptions [2][9]. It ends[3, 1].\n"
    "- A bullet point [2]\nThe end"
)
READ = [
    RawSentence("Hotels cost €120 per night.", (Marker(1),)),
    RawSentence("See Dr. Voss for e.g. exceptions.", (Marker(2), Marker(9))),
    RawSentence("It ends.", (Marker(3), Marker(1))),
    RawSentence("A bullet point", (Marker(2),)),
    RawSentence("The end", ()),
]
PASSAGE = "Rail travel is in second class.\nFirst class is paid on journeys\nof more than four hours. Taxis need bills."


def read(pieces: list[str]) -> list[RawSentence]:
    reader = SentenceReader()
    found = [sentence for piece in pieces for sentence in reader.feed(piece)]
    return found + reader.flush()


def test_sentences_and_their_markers() -> None:
    assert read([TEXT]) == READ


@given(st.lists(st.integers(min_value=0, max_value=len(TEXT)), max_size=12))
def test_however_the_stream_is_cut_the_sentences_are_the_same(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    assert read([TEXT[a:b] for a, b in itertools.pairwise(places)]) == READ


@given(st.lists(st.integers(min_value=0, max_value=len(TEXT)), max_size=12))
def test_no_marker_shows_in_the_running_text(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    provisional = ProvisionalText()
    shown = "".join(provisional.feed(TEXT[a:b]) for a, b in itertools.pairwise(places))
    assert "[" not in shown
    assert "Hotels cost €120 per night." in shown


def test_bullets_and_emphasis_of_a_model_go_and_what_only_looks_like_them_stays() -> None:
    said = "- **Hotels** need bills [1].\n3. Mai 2025 is the last day [1].\nUse 2**16 buckets in DB__HOST [1].\n"
    assert [sentence.text for sentence in read([said])] == [
        "Hotels need bills.",
        "3. Mai 2025 is the last day.",
        "Use 2**16 buckets in DB__HOST.",
    ]


def test_forged_numbers_and_spans_are_dropped() -> None:
    markers = [Marker(0), Marker(1), Marker(2, (0, 4)), Marker(2, (3, 900)), Marker(3), Marker(99)]
    assert supplied_only(markers, ["one", "second"]) == [Marker(1), Marker(2, (0, 4)), Marker(2)]


def test_a_marker_with_exact_characters_keeps_its_line_whole() -> None:
    [sentence] = read(["First this. Then that. [1@0-22]\n"])
    assert sentence == RawSentence("First this. Then that.", (Marker(1, (0, 22)),))


def test_the_quote_is_the_sentence_that_carries_it() -> None:
    start, end = choose_quote("On journeys over four hours first class is paid.", PASSAGE)
    assert PASSAGE[start:end] == "First class is paid on journeys\nof more than four hours."


def test_verbatim_words_are_found_across_line_ends() -> None:
    start, end = choose_quote("First class is paid on journeys of more than four hours.", PASSAGE)
    assert " ".join(PASSAGE[start:end].split()) == "First class is paid on journeys of more than four hours."


def test_two_sentences_are_quoted_when_one_is_not_enough() -> None:
    start, end = choose_quote("Rail travel is second class, first class on journeys over four hours.", PASSAGE)
    assert PASSAGE[start:end].startswith("Rail travel")
    assert PASSAGE[start:end].endswith("four hours.")


def test_a_sentence_without_a_marker_finds_its_passage_or_none() -> None:
    passages = ["Dogs stay at home.", PASSAGE]
    assert match_passage("Taxis need bills.", passages) == 1
    assert match_passage("The canteen opens at noon.", passages) is None

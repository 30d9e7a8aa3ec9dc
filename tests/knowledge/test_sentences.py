from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split_sentences


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is here. Two is there! Is three?", ["One is here.", "Two is there!", "Is three?"]),
        (
            "Dr. Voss pays approx. 1.5 EUR, e.g. in May. Then no more.",
            ["Dr. Voss pays approx. 1.5 EUR, e.g. in May.", "Then no more."],
        ),
        ("# Leave\nYou get 27 days.", ["# Leave", "You get 27 days."]),
        ("- first item\n- second item", ["- first item", "- second item"]),
        ("| a. B | c |\n| --- | --- |\n| d | e |", ["| a. B | c |", "| --- | --- |", "| d | e |"]),
        ("The allowance is paid\nmonthly by finance. Next.", ["The allowance is paid\nmonthly by finance.", "Next."]),
        ("3.2 Meal allowances\nThe allowance is 45 EUR.", ["3.2 Meal allowances", "The allowance is 45 EUR."]),
        ("He said “Stop.” She went.", ["He said “Stop.”", "She went."]),
        ("本製品は防水です。電池は二本です。", ["本製品は防水です。", "電池は二本です。"]),
        ("   \n\n ", []),
    ],
)
def test_units_a_person_would_quote(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(alphabet=st.sampled_from("ab C.1!?\n|-#•é。 "), max_size=200))
def test_spans_are_ordered_trimmed_and_cover_every_character(text: str) -> None:
    spans = split_sentences(text)
    covered = set()
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)

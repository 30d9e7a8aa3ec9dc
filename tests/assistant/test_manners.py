"""What is held back of an answer, and what flows; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import GeneratorInterrupted, GeneratorUnavailable
from assistant.generators.manners import Manners

ENGLISH = "The hotel limit is €145 per night, breakfast included. Rail travel is in second class."
GERMAN = "Die Obergrenze für Hotels beträgt 145 Euro pro Nacht, das Frühstück ist darin enthalten."
ANSWERS = (
    "The hotel limit is €145 per night [1]. In capital cities it is €190 [1]. Breakfast is included [2].",
    "I",
    "Yes [1].",
    "Sorry sights are listed in the annex [3].",
    "€145 [1]",
    "1. First class on long journeys [1].\n2. Second class otherwise [1].\n3. Taxis need a reason [2].",
    "Employees in Norway receive €71 a day; in Portugal €44, in Spain €48, in Italy €52 and in Greece €46 [1][2].",
    "NO ANSWER",
)


def read(pieces: Sequence[str], question: str = "What is the limit?", passages: str = ENGLISH) -> str:
    def come() -> Iterator[str]:
        yield from pieces

    return "".join(Manners(question, {"en"}, passages).watch(come()))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ANSWERS), st.lists(st.integers(1, 30), max_size=8))
def test_an_honest_answer_comes_through_unchanged_however_it_is_cut(text: str, cuts: list[int]) -> None:
    pieces, rest = [], text
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert read([*pieces, rest]) == text


def test_nothing_is_held_back_once_it_cannot_be_a_refusal() -> None:
    pieces = Manners("What is the limit?", {"en"}, ENGLISH).watch(iter(["The", " limit", " is €145."]))
    assert next(pieces) == "The"


@pytest.mark.parametrize("size", [1, 3, 50])
def test_a_refusal_is_known_before_a_word_of_it_is_shown(size: int) -> None:
    text = "I’m sorry, but I can’t assist with that."
    with pytest.raises(GeneratorUnavailable) as caught:
        read([text[at : at + size] for at in range(0, len(text), size)])
    assert caught.value.code == "declined"


def test_the_language_of_the_passages_is_allowed_too() -> None:
    question = "What is the limit?"
    manners = Manners(question, {"en", "de"}, GERMAN)
    assert "".join(manners.watch(iter([f"{GERMAN} " + "Reisen mit der Bahn erfolgen in der zweiten Klasse [1]."])))
    chinese = Manners("限额是多少？", {"zh"}, "酒店每晚的限额是一百四十五欧元。")
    assert "".join(chinese.watch(iter(["酒店每晚的限额是一百四十五欧元 [1]。"])))


def test_a_table_of_like_rows_is_no_loop() -> None:
    rows = "".join(f"| {country} | €{n} | yes | yes |\n" for n, country in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert read([rows]) == rows


def test_the_same_sentence_three_times_is_a_loop() -> None:
    pieces = ["The limit is €145 per night [1]. "] * 5
    heard: list[str] = []
    with pytest.raises(GeneratorInterrupted) as caught:
        heard.extend(Manners("What is the limit?", {"en"}, ENGLISH).watch(iter(pieces)))
    assert caught.value.code == "looping"

"""Stored text as people read it: without marks, with the quoted words marked."""

from __future__ import annotations

import random

from knowledge.labels import page_label
from knowledge.typeset import Block, plain, typeset

TEXT = """# Travel *policy*

A hotel may cost **140 euros** a night; write snake_case and 2 * 3 as they are.

- by rail
  in second class
2) by air

| City | Limit |
| --- | --- |
| Lisbon | 150 \\| 160 |
| Oslo |  |
"""


def marked(blocks: list[Block]) -> str:
    words = [run.text for block in blocks for run in block.runs if run.marked]
    return "".join(words + [str(cell) for block in blocks for row in block.rows for cell in row if cell.marked])


def test_headings_items_and_tables_lose_their_marks() -> None:
    heading, paragraph, rail, air, table = typeset(TEXT)
    assert (heading.kind, heading.level, heading.runs[0].text) == ("heading", 1, "Travel policy")
    assert paragraph.runs[0].text == "A hotel may cost 140 euros a night; write snake_case and 2 * 3 as they are."
    assert (rail.kind, rail.lead, "".join(run.text for run in rail.runs).split()) == (
        "item",
        "•",
        ["by", "rail", "in", "second", "class"],
    )
    assert (air.lead, air.runs[0].text) == ("2)", "by air")
    assert table.headed
    assert [[str(cell) for cell in row] for row in table.rows] == [
        ["City", "Limit"],
        ["Lisbon", "150 | 160"],
        ["Oslo", ""],
    ]


def test_the_quoted_words_are_marked_and_no_others() -> None:
    start = TEXT.index("may cost")
    assert marked(typeset(TEXT, start, TEXT.index(" a night"))) == "may cost 140 euros"
    start = TEXT.index("| Lisbon")
    assert marked(typeset(TEXT, start, TEXT.index("\n| Oslo"))) == "Lisbon150 | 160"
    assert marked(typeset(TEXT)) == ""


def test_lines_a_program_wrapped_are_joined_and_others_stay() -> None:
    wrapped = "The visitor spaces stay reserved for visitors, but I have added\ntwo more.\nOskar"
    assert plain(wrapped) == "The visitor spaces stay reserved for visitors, but I have added two more.\nOskar"


def test_a_quote_reads_without_bars_and_bullets() -> None:
    assert plain("| Tarn 200 | 3.9.0 |  |") == "Tarn 200 · 3.9.0"
    assert plain("## Hotels") == "Hotels"
    assert plain("- The status page was late.") == "The status page was late."
    assert plain("| --- |") == "| --- |"


def test_no_text_breaks_it_and_no_letter_is_lost() -> None:
    source = random.Random(7)
    for _ in range(300):
        text = "".join(source.choice("ab |#*_-\n\\1.`") for _ in range(60))
        shown = "".join(run.text for block in typeset(text, 5, 30) for run in block.runs)
        shown += "".join(str(cell) for block in typeset(text) for row in block.rows for cell in row)
        assert shown.count("a") == text.count("a")
        assert shown.count("b") == text.count("b")


def test_a_place_is_not_called_by_the_documents_own_title() -> None:
    assert page_label("text", 1, "", ["Policy", "Hotels"], "Policy") == "Hotels"
    assert page_label("text", 1, "Re: The car park", ["Re: The car park"], "The car park") == "text"
    assert page_label("page", 4, "", ["Policy"], "Policy") == "page 4"

"""Tables keep every value under its header, whatever cells are merged, nested or hold bars."""

from __future__ import annotations

import pytest

from ingest.parsers.html import html_to_markdown
from ingest.parsers.spans import Cell, Spreader, titles_apart


def cell(value: str, columns: int = 1, rows: int = 1) -> Cell[str]:
    return Cell(value, columns, rows, len(value))


def html_table(*rows: str) -> str:
    return html_to_markdown("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")


def test_merged_cells_of_a_web_page_stand_in_every_place_they_cover() -> None:
    text = html_table(
        "<th>Country</th><th>City</th><th>Limit</th><th>From</th>",
        "<td rowspan=2>Germany</td><td>Berlin</td><td colspan=2>140</td>",
        "<td>Munich</td><td>150</td><td>May</td>",
        "<td>Portugal</td><td>Lisbon</td><td>130</td><td>June</td>",
    )
    assert text == (
        "| Country | City | Limit | From |\n| --- | --- | --- | --- |\n| Germany | Berlin | 140 | 140 |\n"
        "| Germany | Munich | 150 | May |\n| Portugal | Lisbon | 130 | June |"
    )


def test_a_title_across_the_table_is_not_its_header() -> None:
    text = html_table("<td colspan=2>Limits</td>", "<td>City</td><td>Limit</td>", "<td>Bonn</td><td>90</td>")
    assert text == "Limits\n\n| City | Limit |\n| --- | --- |\n| Bonn | 90 |"


def test_a_line_across_the_table_is_said_once() -> None:
    text = html_table("<td>City</td><td>Limit</td>", "<td colspan=2>Germany</td>", "<td>Bonn</td><td>90</td>")
    assert "| Germany |  |\n| Bonn | 90 |" in text


def test_bars_and_blocks_inside_a_cell_keep_its_row() -> None:
    text = html_table("<td>A|B</td><td>Limit</td>", "<td><p>10</p><p>20</p></td><td><pre>x\ny</pre></td>")
    rows = [" ".join(row.split()) for row in text.splitlines()]
    assert rows == ["| A/B | Limit |", "| --- | --- |", "| 10 20 | x y |"]


def test_a_table_inside_a_cell_becomes_text() -> None:
    inner = "<table><caption>Net</caption><tr><td>x</td><td>1</td></tr><tr><td>y</td><td>2</td></tr></table>"
    text = html_table("<td>City</td><td>Prices</td>", f"<td>Bonn</td><td>from {inner} on</td>")
    assert text.splitlines()[-1] == "| Bonn | from Net; x / 1; y / 2 on |"


@pytest.mark.parametrize("role", ["", ' role="presentation"'])
def test_a_table_that_only_arranges_a_page_leaves_the_tables_in_it(role: str) -> None:
    inner = "<table><tr><td>City</td><td>Limit</td></tr><tr><td>Bonn</td><td>90</td></tr></table>"
    text = html_to_markdown(f"<table{role}><tr><td><h1>News</h1>{inner}</td></tr><tr><td>Bye</td></tr></table>")
    assert text == "# News\n\n| City | Limit |\n| --- | --- |\n| Bonn | 90 |\n\nBye"


def test_captions_and_words_between_cells_are_kept() -> None:
    text = html_to_markdown("<table><caption>Limits</caption><tr><td>City</td><td>Limit</td></tr></table>")
    assert text == "Limits\n\n| City | Limit |\n| --- | --- |"


def test_a_cell_down_to_the_end() -> None:
    grid = Spreader().grid([[cell("a", rows=65534), cell("b")], [cell("c")], []])
    assert grid == [["a", "b"], ["a", "c"], ["a"]]


def test_cells_from_above_that_end_beyond_a_short_row() -> None:
    assert Spreader().grid([[cell("a"), cell("b"), cell("c", rows=2)], [cell("d")]])[1] == ["d", None, "c"]


def test_a_few_bytes_cannot_claim_a_million_places() -> None:
    spreader = Spreader(room=50)
    assert spreader.grid([[cell("abcd", columns=5), cell("x")]]) == [[*["abcd"] * 5, "x"]]
    assert spreader.grid([[cell("abcd", columns=900), cell("x")]]) == [["abcd", "x"]]
    text = html_to_markdown("<table>" + "<tr>" + "<td colspan=1000 rowspan=60000>x" * 30 + "</table>" * 2)
    assert len(text) < 5_000_000


def test_titles_are_told_from_a_table_of_one_column() -> None:
    assert titles_apart([["a"], ["b"]]) == ([], [["a"], ["b"]])
    assert titles_apart([["a", None], ["b", "c"]]) == (["a"], [["b", "c"]])

"""Web pages are read as browsers show them: omitted tags, struck and raised text, what is hidden and what is not."""

from __future__ import annotations

import pytest

from ingest.parsers.html import html_to_markdown
from ingest.parsers.raised import lowered, raised
from tests.ingest.parsing import pages_of, text_of


def page(body: str, style: str = "") -> str:
    return text_of(f"<html><head><style>{style}</style></head><body>{body}<p>End.</p></body></html>", "page.html")


@pytest.mark.parametrize("first", ["<h1>Rules</h1>", "<main><h1>Rules</h1>", "<header>Us</header><h1>Rules</h1>"])
def test_a_head_that_is_not_ended_hides_nothing(first: str) -> None:
    [read] = pages_of(f"<!doctype html><html><head><title>Desk</title>{first}<p>Lunch at noon.</p>", "page.html")
    assert "Lunch at noon." in read.text
    assert [heading.title for heading in read.headings] == ["Rules"]
    assert "Desk" not in read.text


def test_end_tags_may_be_left_out() -> None:
    text = page("<table><tr><th>City<th>Limit<tr><td>Lisbon<td>150</table><ul><li>one<li>two</ul><p>a<p>b")
    assert "| City | Limit |\n| --- | --- |\n| Lisbon | 150 |" in text
    assert "* one\n* two" in text
    assert "a\n\nb" in text


def test_many_paragraphs_without_end_tags_keep_the_tables_beside_them() -> None:
    paragraphs = "".join(f"<p>Paragraph {number}\n" for number in range(1500))
    text = html_to_markdown(f"<table><tr><td>Lisbon</td><td>150</td></tr></table>{paragraphs}")
    assert "| Lisbon | 150 |" in text
    assert text.endswith("Paragraph 1499")


def test_deep_pages_are_read_to_their_end() -> None:
    assert html_to_markdown("<div>" * 5000 + "deep" + "</div>" * 5000 + "<p>after").split() == ["deep", "after"]


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("#box {position: absolute; left: 50%; margin-left: -480px}", True),
        ("#box {left: -9999px}", False),
        ("@media print {.box {display: none}}", True),
        ("@media screen and (max-width: 600px) {.box {display: none}}", True),
        ("@supports (display: grid) {.box {display: none}}", True),
        ("@media screen {.box {display: none}} .other {color: red}", False),
        ("@media print {p {margin: 0}} .box {display: none}", False),
        ("@layer base {.box {display: none}}", False),
        ("/* .box {display: none} */", True),
        ("<!-- .box {display: none} -->", False),
        (".box {fill-opacity: 0}", True),
        (".box {font-size: 0}", False),
        (".box {font-size: 0} p {font-size: 14px}", True),
    ],
)
def test_only_what_every_screen_hides_is_hidden(style: str, shown: bool) -> None:
    assert ("Price" in page('<div class="box" id="box"><p>Price: 12 euros.</p></div>', style)) is shown


def test_a_sheet_for_printing_hides_nothing() -> None:
    sheet = '<style media="print">.box {display: none}</style>'
    assert "Price" in page(f'{sheet}<p class="box">Price: 12 euros.</p>')


def test_boxes_without_a_size_hold_text_that_has_one() -> None:
    text = page('<div style="font-size:0px">gone<div style="font-size:13px">The <b>north</b> gate is shut.</div></div>')
    assert "The north gate is shut." in text
    assert "gone" not in text


@pytest.mark.parametrize("tag", ["aside", "option", "button", "summary", "main", "footer"])
def test_boxes_beside_each_other_make_no_new_number(tag: str) -> None:
    assert page(f"<{tag}>10</{tag}><{tag}>20</{tag}>").split() == ["10", "20", "End."]


def test_struck_text_is_left_out_and_raised_digits_stay_raised() -> None:
    text = page(
        "<p>The limit is <del>140</del><ins>160</ins> euros, <s>90</s> 95, <span style='text-decoration:line-through'>"
        "80</span> 85. Notice: 30<sup>2</sup> days, 10<sup>6</sup> units, 10<sup>n/2</sup>, H<sub>2</sub>O, "
        "the 1<sup>st</sup>, 7<sup>[3]</sup>, 5<span style='vertical-align: super'>4</span>.</p>"
    )
    assert "The limit is 160 euros, 95, 85." in text
    assert "30² days, 10⁶ units, 10^(n/2), H₂O, the 1st, 7[3], 5⁴." in text


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        ("2", "²", "₂"),
        ("-12", "⁻¹²", "₋₁₂"),
        (" 3 ", " ³ ", " ₃ "),
        ("1,2", "^(1,2)", "_(1,2)"),
        ("th", "th", "_(th)"),
        ("n+1", "ⁿ⁺¹", "ₙ₊₁"),
        ("*", "*", "*"),
        ("²", "²", "_(²)"),
        ("", "", ""),
    ],
)
def test_raised_and_lowered_text(text: str, up: str, down: str) -> None:
    assert (raised(text), lowered(text)) == (up, down)


def test_unicode_is_read_as_such_whatever_the_page_says() -> None:
    body = "<p>Größe: 5 € – „so“</p>"
    assert text_of(f"<html><meta charset=iso-8859-2>{body}</html>".encode(), "page.html") == "Größe: 5 € – „so“"
    assert text_of(f"<html><meta charset=cp1252>{body}</html>".encode("cp1252"), "page.html") == "Größe: 5 € – „so“"
    assert text_of(f"<html><meta charset=latin1>{body}</html>".encode("cp1252"), "page.html") == "Größe: 5 € – „so“"
    assert text_of(f"<html><meta charset=none>{body}</html>".encode("utf-16"), "page.html") == "Größe: 5 € – „so“"

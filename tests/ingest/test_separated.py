"""Separated values from spreadsheet programs of several countries: no cell is torn apart, no row swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.parsers.separated import SeparatedParser, delimiter_of, split_rows


def _text(tmp_path: Path, data: str) -> str:
    (tmp_path / "f").write_text(data)
    (page,) = SeparatedParser().parse(tmp_path / "f").pages
    return page.text


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("1,5;2,5;3,5\n4,5;5,5;6,5\n", ";"),
        ("Artikel, lang;Preis, EUR;MwSt, %\nMutter, M5;1,50;19,0\nSchraube, M5;1,70;19,0\n", ";"),
        ('Name;Preis\n"Groß; klein";1,5\n"mehr\nzeilig";2,5\n', ";"),
        ("Name;Tags\nAnn;a, b, c\nBob;d, e, f\n", ";"),
        ("Report 2026\n\na;b;c\n1,5;2,0;3,1\n1,5;2,0;3,1\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ("Name,Tags,N\nAnn,red;blue,5\nBob,red;green,6\n", ","),
        ("a,b,c\n1,2,3\n4,5,6\n", ","),
        ("id|name\n1|Ann, B\n2|Cid\n", "|"),
        ("one\ntwo\n", ","),
    ],
)
def test_the_separator_is_the_one_that_makes_rows_alike(text: str, separator: str) -> None:
    assert delimiter_of(text) == separator


@pytest.mark.parametrize(("stated", "mark"), [("sep=;", ";"), ("SEP=,", ","), ("sep=\t", "\t"), ("sep=:", ":")])
def test_a_stated_separator_is_followed_and_not_shown(tmp_path: Path, stated: str, mark: str) -> None:
    assert _text(tmp_path, f"{stated}\nA{mark}B\n1.5{mark}2\n") == "| A | B |\n| --- | --- |\n| 1.5 | 2 |"


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    assert _text(tmp_path, 'a,b\n"open quote,1\nx,2\ny,3\n') == (
        '| a | b |\n| --- | --- |\n| "open quote | 1 |\n| x | 2 |\n| y | 3 |'
    )
    rows = list(split_rows('"open,1\nx,2\n"Total",9\n"two\nlines",5\n"5" pipe",6\n"ok, fine",7', ","))
    assert rows == [
        ['"open', "1"], ["x", "2"], ["Total", "9"], ["two\nlines", "5"], ['"5" pipe"', "6"], ["ok, fine", "7"],
    ]  # fmt: skip


def test_a_cell_may_be_as_long_as_it_is(tmp_path: Path) -> None:
    words = "All of the terms. " * 100_000
    assert words.strip() in _text(tmp_path, f'Name,Terms\nA,"{words}"\n')

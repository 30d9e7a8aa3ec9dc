"""OpenDocument texts: words and numbers of neighbouring paragraphs stay apart, lists are said once, tables keep their
columns."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.ingest.parsing import text_of

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
    )
)


def read(body: str, styles: str = "") -> str:
    content = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"<office:document-content {_SPACES}>{content}</office:document-content>")
    return text_of(out.getvalue(), "file.odt")


def p(*texts: str) -> str:
    return "".join(f"<text:p>{text}</text:p>" for text in texts)


def items(*insides: str) -> str:
    return "<text:list>" + "".join(f"<text:list-item>{each}</text:list-item>" for each in insides) + "</text:list>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(inside: str, more: str = "") -> str:
    return f"<table:table-cell {more}>{inside}</table:table-cell>"


def tabled(*rows: str) -> str:
    return f"<table:table>{''.join(rows)}</table:table>"


def test_paragraphs_of_a_cell_make_no_new_number() -> None:
    text = read(tabled(row(cell(p("City")), cell(p("Limit"))), row(cell(p("Bonn")), cell(p("10", "20")))))
    assert text == "| City | Limit |\n| --- | --- |\n| Bonn | 10 20 |"


def test_lists_in_lists_are_said_once() -> None:
    text = read(items(p("Parent") + items(p("Child A"), p("Child B")), p("First para.", "Second para.")))
    assert text == "- Parent\n  - Child A\n  - Child B\n- First para.\n  Second para."


def test_a_heading_in_a_list_is_a_heading() -> None:
    text = read(items('<text:h text:outline-level="2">Notice</text:h>' + p("In time.")) + p("More."))
    assert text == "## Notice\n\n- In time.\n\nMore."


def test_notes_and_boxes_stand_after_their_paragraph() -> None:
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body>" + p("Managers: 90 days.", "All.")
    box = f"<draw:frame><draw:text-box>{p('Box one.', 'Box two.')}</draw:text-box></draw:frame>"
    text = read(p(f"Notice is 30{note}</text:note-body></text:note> days{box}."))
    assert text == "Notice is 30[1] days.\n\n[1] Managers: 90 days.\nAll.\n\nBox one.\n\nBox two."


def test_merged_covered_and_repeated_cells() -> None:
    text = read(
        "<table:table><table:table-header-rows>"
        + row(cell(p("Land")), cell(p("City")), cell(p("Limit")), cell(p("From")))
        + "</table:table-header-rows>"
        + row(
            cell(p("Germany"), 'table:number-rows-spanned="2"'),
            cell(p("Bonn")),
            cell(p("9"), 'table:number-columns-repeated="2"'),
        )
        + row("<table:covered-table-cell/>", cell(p("A|B")), cell(p("8")), cell(p("May")))
        + row(cell(p("x"), 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>", cell(p("7")))
        + row(cell(p("y")), cell("", 'table:number-columns-repeated="16383"'))
        + "</table:table>"
    )
    assert text.splitlines() == [
        "| Land | City | Limit | From |",
        "| --- | --- | --- | --- |",
        "| Germany | Bonn | 9 | 9 |",
        "| Germany | A/B | 8 | May |",
        "| x | x | 7 |  |",
        "| y |  |  |  |",
    ]


def test_a_table_inside_a_cell_becomes_text() -> None:
    inner = tabled(row(cell(p("x")), cell(p("1"))), row(cell(p("y")), cell(p("2"))))
    text = read(tabled(row(cell(p("City")), cell(p("Prices"))), row(cell(p("Bonn")), cell(inner))))
    assert text.splitlines()[-1] == "| Bonn | x / 1; y / 2 |"


def test_a_few_bytes_cannot_claim_a_million_places() -> None:
    many = 'table:number-columns-repeated="900000000"'
    text = read(
        tabled(f'<table:table-row table:number-rows-repeated="99999999">{cell(p("x"), many)}</table:table-row>')
    )
    assert text == "| x |\n| --- |"


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        ('style:text-line-through-style="solid"', "Pay 90 euros."),
        ('text:display="none"', "Pay 90 euros."),
        ('style:text-position="super 58%"', "Pay ¹⁰90 euros."),
        ('style:text-position="-33% 58%"', "Pay ₁₀90 euros."),
        ('style:text-line-through-style="none"', "Pay 1090 euros."),
    ],
)
def test_styles_that_change_what_is_read(properties: str, shown: str) -> None:
    style = f'<style:style style:name="{{}}" {{}}><style:text-properties {properties}/></style:style>'
    styles = style.format("T1", "") + '<style:style style:name="T2" style:parent-style-name="T1"/>'
    for name in ("T1", "T2"):
        assert read(p(f'Pay <text:span text:style-name="{name}">10</text:span>90 euros.'), styles) == shown


def test_spaces_and_ends_of_lines_of_the_markup() -> None:
    assert read(p('a<text:s text:c="3"/>b\n   c<text:line-break/>d')) == "a   b c\nd"

"""Word files are read as Word shows them: numbers of lists, hidden, struck, raised and moved text, merged cells."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.ingest.parsing import text_of


def read(document: Any) -> str:
    out = io.BytesIO()
    document.save(out)
    return text_of(out.getvalue(), "file.docx")


def add(paragraph: Any, markup: str) -> None:
    name, _, rest = markup.partition(" ") if " " in markup.partition(">")[0] else markup.partition(">")
    between = " " if " " in markup.partition(">")[0] else ">"
    paragraph._p.append(parse_xml(f"{name} {nsdecls('w')}{between}{rest}"))


def runs(document: Any, *parts: tuple[str, str]) -> Any:
    """A paragraph of runs, each with the font's property that is to be on."""
    paragraph = document.add_paragraph()
    for text, what in parts:
        run = paragraph.add_run(text)
        if what:
            setattr(run.font, what, True)
    return paragraph


def numbered(document: Any, levels: str, *, list_id: int = 77) -> None:
    """Adds a list definition: ``levels`` are the elements of its levels."""
    part = document.part.numbering_part.element
    number = f'<w:num {nsdecls("w")} w:numId="{list_id}"><w:abstractNumId w:val="{list_id}"/></w:num>'
    part.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{list_id}">{levels}</w:abstractNum>'))
    part.append(parse_xml(number))


def level(number: int, form: str, text: str, more: str = "") -> str:
    form = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}">{form}</w:lvl>'


def item(document: Any, text: str, depth: int, list_id: int = 77) -> Any:
    paragraph = document.add_paragraph(text)
    place = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(place))
    return paragraph


def test_struck_text_is_left_out_and_raised_digits_stay_raised() -> None:
    document = docx.Document()
    runs(document, ("10", ""), ("3", "superscript"), (" m, ", ""), ("140", "strike"), (" 150 ", "double_strike"))
    runs(document, ("160 euros, H", ""), ("2", "subscript"), ("O.", ""))
    assert read(document) == "10³ m,\n\n160 euros, H₂O."


def test_hidden_text_is_not_read_whoever_hides_it() -> None:
    document = docx.Document()
    for kind, name in ((WD_STYLE_TYPE.CHARACTER, "Veil"), (WD_STYLE_TYPE.PARAGRAPH, "Hidden lines")):
        document.styles.add_style(name, kind).font.hidden = True
    child = document.styles.add_style("Child of veil", WD_STYLE_TYPE.CHARACTER)
    child.base_style = document.styles["Veil"]
    paragraph = runs(document, ("Seen. ", ""), ("SECRET one", "hidden"))
    paragraph.add_run("SECRET two", style="Veil")
    paragraph.add_run("SECRET three", style="Child of veil")
    paragraph.add_run("Shown again.", style="Veil").font.hidden = False
    document.add_paragraph("SECRET four", style="Hidden lines")
    assert read(document) == "Seen. Shown again."


def test_a_hidden_field_does_not_end_the_reading() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Seen. ")
    begin, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    for inside in (begin, "<w:instrText>TOC</w:instrText>", end):
        hidden = "<w:rPr><w:vanish/></w:rPr>" if "begin" in inside else ""
        add(paragraph, f"<w:r>{hidden}{inside}</w:r>")
    assert read(document) == "Seen."


def test_moved_text_and_fields_are_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Table ")
    add(paragraph, '<w:fldSimple w:instr="SEQ"><w:r><w:t>4</w:t></w:r></w:fldSimple>')
    add(paragraph, '<w:moveTo w:id="1" w:author="a"><w:r><w:t xml:space="preserve"> came here</w:t></w:r></w:moveTo>')
    add(paragraph, '<w:moveFrom w:id="2" w:author="a"><w:r><w:t>was there</w:t></w:r></w:moveFrom>')
    assert read(document) == "Table 4 came here"


def test_an_interrupted_list_counts_on() -> None:
    document = docx.Document()
    for text in ("one", "two", "", "three"):
        document.add_paragraph(text or "Between.", style="List Number" if text else None)
    assert read(document) == "1. one\n2. two\n\nBetween.\n\n3. three"


def test_numbers_of_levels_are_those_that_word_shows() -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "§ %1") + level(1, "lowerLetter", "%1.%2)") + level(2, "upperRoman", "%3."))
    items = (("Notice", 0), ("in time", 1), ("early", 2), ("late", 2), ("in writing", 1), ("Pay", 0), ("x", 2))
    for text, depth in items:
        item(document, text, depth)
    lines = [line.strip() for line in read(document).splitlines() if line.strip()]
    assert lines == ["§ 1 Notice", "1.a) in time", "I. early", "II. late", "1.b) in writing", "§ 2 Pay", "I. x"]


def test_a_list_that_is_told_to_begin_anew_does() -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "%1."))
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    document.part.numbering_part.element.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/>{again}</w:num>')
    )
    for text, list_id in (("one", 77), ("seven", 78), ("eight", 78)):
        item(document, text, 0, list_id)
    assert [line for line in read(document).splitlines() if line] == ["1. one", "7. seven", "8. eight"]


def test_numbers_of_an_unknown_kind_are_not_made_up() -> None:
    document = docx.Document()
    numbered(document, level(0, "chineseCounting", "%1."))
    item(document, "one", 0)
    assert read(document) == "* one"


def test_numbered_headings_keep_their_numbers() -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "%1", '<w:pStyle w:val="Heading1"/>'))
    place = f'<w:numPr {nsdecls("w")}><w:numId w:val="77"/></w:numPr>'
    document.styles["Heading 1"].element.get_or_add_pPr().append(parse_xml(place))
    for text in ("Scope", "Notice"):
        document.add_heading(text, 1)
    assert read(document) == "# 1 Scope\n\n# 2 Notice"


def test_merged_cells_and_rows_that_begin_further_right() -> None:
    document = docx.Document()
    table = document.add_table(4, 3)
    rows = (("Country", "City", "Limit"), ("Germany", "Berlin", "140"), ("", "Munich", "150"), ("", "Total", "290"))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    last = table.rows[3]._tr
    last.remove(last.tc_lst[0])
    last.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {nsdecls("w")} w:val="1"/>'))
    rows_read = [" ".join(line.split()) for line in read(document).splitlines()]
    assert rows_read[2:] == ["| Germany | Berlin | 140 |", "| Germany | Munich | 150 |", "| | Total | 290 |"]

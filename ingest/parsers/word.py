"""Word files as Markdown: mammoth makes a web page of them, after those parts are mended that it reads otherwise than
Word shows them: hidden and struck text, numbers of lists, moved text, fields."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from ingest.parsers.html import parsed, to_markdown
from ingest.parsers.parts import with_parts, xml_bytes, xml_tree
from ingest.parsers.word_numbers import Numbers
from ingest.parsers.word_styles import Styles, W, value_of

_READ = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
_FIELD = {f"{W}rPr", f"{W}fldChar", f"{W}instrText"}
_WORDS = {f"{W}{name}" for name in ("t", "tab", "br", "cr", "sym", "noBreakHyphen", "softHyphen")}
# mammoth passes over these with all that is in them, and reads what is in a smart tag.
_PASSED_OVER = [f"{W}{name}" for name in ("moveTo", "fldSimple", "customXml", "dir", "bdo")]
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
# Around numbers that Word computes. Characters that no text holds, as Unicode says.
_FROM, _TO = "\ufdd0", "\ufdd1"
_NUMBER = re.compile(f"(?:[*+-] )*{_FROM}([^{_TO}]*){_TO} ?")


def word_to_markdown(path: Path) -> str:
    """What Word shows and prints of a document's body, its foot- and endnotes."""
    # Importing them costs most of a second; plain files and PDF do without.
    import mammoth
    from markitdown.converter_utils.docx.pre_process import pre_process_docx

    with path.open("rb") as stream:
        repaired = pre_process_docx(stream)
    # Pictures are not read, so they need not be carried along.
    pictureless = mammoth.images.img_element(lambda _: {})
    page = mammoth.convert_to_html(_mended(repaired), convert_image=pictureless)
    soup = parsed(page.value)
    for arrow in soup.select('a[href^="#footnote-ref-"], a[href^="#endnote-ref-"]'):
        arrow.decompose()
    for numbered in soup("ol"):
        # mammoth counts each stretch of a list from one; the true numbers stand in the text by now. Notes it numbers
        # as it cites them.
        if not numbered.select_one(':scope > li[id^="footnote-"], :scope > li[id^="endnote-"]'):
            numbered.name = "ul"
    return _NUMBER.sub(r"\1 ", to_markdown(soup))


def _mended(file: BinaryIO) -> BinaryIO:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        settings = {
            name: xml_tree(archive.read(f"word/{name}.xml")) if f"word/{name}.xml" in names else None
            for name in ("styles", "numbering")
        }
    styles = Styles(settings["styles"])

    def change(name: str, content: bytes) -> bytes:
        if not _READ.fullmatch(name):
            return content
        root = xml_tree(content)
        _mend(root, styles)
        _write_numbers(root, Numbers(settings["numbering"], styles))
        return xml_bytes(root)

    return with_parts(file, change)


def _mend(root: Any, styles: Styles) -> None:
    for choice in list(root.iter(_CHOICE)):  # mammoth reads what is meant for older programs, which says the same
        choice.getparent().remove(choice)
    for element in root.iter(_PASSED_OVER):
        element.tag = f"{W}smartTag"
    for before in root.iter(f"{W}gridBefore"):
        _leave_room(before)
    for run in list(root.iter(f"{W}r")):
        if styles.run_is(run, "vanish"):
            _drop(run, [child for child in run if child.tag not in _FIELD])
        elif styles.run_is(run, "strike") or styles.run_is(run, "dstrike"):
            _drop(run, [child for child in run if child.tag in _WORDS])
        _raise_by_style(run, styles)


def _drop(run: Any, children: list[Any]) -> None:
    for child in children:
        run.remove(child)


def _raise_by_style(run: Any, styles: Styles) -> None:
    """mammoth knows raised text only by what a run says itself."""
    by_style = styles.value(value_of(run, "rPr/rStyle"), "rPr/vertAlign")
    if by_style is not None and value_of(run, "rPr/vertAlign") is None:
        etree.SubElement(run.find(f"{W}rPr"), f"{W}vertAlign").set(f"{W}val", by_style)


def _leave_room(before: Any) -> None:
    """A row that begins further right gets an empty cell for what it leaves free."""
    row = before.getparent().getparent()
    cell = etree.Element(f"{W}tc")
    etree.SubElement(etree.SubElement(cell, f"{W}tcPr"), f"{W}gridSpan").set(f"{W}val", before.get(f"{W}val", "1"))
    etree.SubElement(cell, f"{W}p")
    first = row.find(f"{W}tc")
    if first is not None:
        first.addprevious(cell)


def _write_numbers(root: Any, numbers: Numbers) -> None:
    for paragraph in root.iter(f"{W}p"):
        label = numbers.label(paragraph)
        if label and next(paragraph.iter(f"{W}t"), None) is not None:
            run = etree.Element(f"{W}r")
            etree.SubElement(run, f"{W}t").text = f"{_FROM}{label}{_TO}"
            properties = paragraph.find(f"{W}pPr")
            paragraph.insert(0 if properties is None else paragraph.index(properties) + 1, run)

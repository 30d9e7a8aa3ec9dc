"""Slides, mended before a library reads them: what PowerPoint does not show is taken out, raised digits are written as
such, merged cells stand in every place they cover."""

from __future__ import annotations

import copy
import re
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from ingest.parsers.parts import with_parts, xml_bytes, xml_tree
from ingest.parsers.raised import lowered, raised
from ingest.parsers.spans import Spreader

HIDDEN_SLIDE = "Hidden slide (not read)"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_SLIDE = re.compile(r"ppt/slides/([^/]+\.xml)")
_NOTES = re.compile(r"ppt/notesSlides/[^/]+\.xml")
_NOTE = f"""<p:sp xmlns:p="{_P[1:-1]}" xmlns:a="{_A[1:-1]}">
<p:nvSpPr><p:cNvPr id="2" name="Note"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr/>
<p:txBody><a:bodyPr/><a:p><a:r><a:t>{HIDDEN_SLIDE}</a:t></a:r></a:p></p:txBody></p:sp>"""


def mended_slides(path: Path) -> BinaryIO:
    """The file with its slides as an audience sees them. Of a hidden slide nothing is left but a note that says so:
    its number still counts, and its words, with its speaker's notes, are not part of what is shown.
    """
    with zipfile.ZipFile(path) as archive:
        slides = {name: xml_tree(archive.read(name)) for name in archive.namelist() if _SLIDE.fullmatch(name)}
    hidden = {name for name, root in slides.items() if root.get("show") in {"0", "false"}}
    links = {_SLIDE.sub(r"ppt/slides/_rels/\1.rels", name) for name in hidden}
    spreader = Spreader()

    def change(name: str, content: bytes) -> bytes:
        if name in links:
            return _without_notes(content)
        if name not in slides and not _NOTES.fullmatch(name):
            return content
        root = slides.get(name)
        if root is None:
            root = xml_tree(content)
        if name in hidden:
            _empty(root)
        else:
            _mend(root, spreader)
        return xml_bytes(root)

    return with_parts(path, change)


def _without_notes(links: bytes) -> bytes:
    root = xml_tree(links)
    for link in list(root):
        if str(link.get("Type")).endswith("/notesSlide"):
            root.remove(link)
    return xml_bytes(root)


def _empty(root: Any) -> None:
    shapes = root.find(f"{_P}cSld/{_P}spTree")
    for shape in list(shapes):
        if shape.tag not in {f"{_P}nvGrpSpPr", f"{_P}grpSpPr"}:
            shapes.remove(shape)
    shapes.append(xml_tree(_NOTE.encode()))


def _mend(root: Any, spreader: Spreader) -> None:
    for properties in list(root.iter(f"{_P}cNvPr")):
        shape = properties.getparent().getparent()
        if properties.get("hidden") in {"1", "true"} and shape.getparent() is not None:
            shape.getparent().remove(shape)
    for run in root.iter(f"{_A}r"):
        _write_as_seen(run)
    for table in root.iter(f"{_A}tbl"):
        _spread(table, spreader)


def _write_as_seen(run: Any) -> None:
    properties, text = run.find(f"{_A}rPr"), run.find(f"{_A}t")
    if properties is None or text is None or not text.text:
        return
    baseline = properties.get("baseline", "0").rstrip("%")
    if properties.get("strike", "noStrike") != "noStrike":
        text.text = ""
    elif baseline.lstrip("-").strip("0"):
        text.text = lowered(text.text) if baseline.startswith("-") else raised(text.text)


def _spread(table: Any, spreader: Spreader) -> None:
    for text in table.iter(f"{_A}t"):
        text.text = (text.text or "").replace("|", "/")  # a bar would end the cell
    rows = [row.findall(f"{_A}tc") for row in table.findall(f"{_A}tr")]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            columns, height = (int(cell.get(name, "1")) for name in ("gridSpan", "rowSpan"))
            across = columns > 1 and columns >= len(row)
            covered = [
                other
                for line in rows[number : number + height]
                for other in line[place : place + (1 if across else columns)]
                if other is not cell and (other.get("hMerge") or other.get("vMerge"))
            ]
            words = cell.find(f"{_A}txBody")
            if words is None or spreader.times(len(covered) + 1, len("".join(words.itertext()))) <= len(covered):
                continue
            for other in covered:
                for own in other.findall(f"{_A}txBody"):
                    other.replace(own, copy.deepcopy(words))

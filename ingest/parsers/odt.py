"""OpenDocument text, which markitdown does not read: headings, paragraphs, lists and tables of its content part."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from ingest.parsers.base import ParsedDocument
from ingest.parsers.kinds import ENCRYPTED, ODT
from ingest.parsers.markdown import table
from ingest.parsers.plain import text_document
from knowledge.errors import UnreadableDocument

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_BREAKS = {f"{_TEXT}line-break": "\n", f"{_TEXT}tab": "\t", f"{_TEXT}s": " "}
_LEFT_OUT = {
    f"{_OFFICE}annotation",
    f"{_TEXT}tracked-changes",
    f"{_TEXT}hidden-text",
    f"{_TEXT}note-citation",
}


class OpenTextParser:
    media_types = frozenset({ODT})

    def parse(self, path: Path) -> ParsedDocument:
        with zipfile.ZipFile(path) as archive:
            manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
            if b"encryption-data" in manifest:
                raise UnreadableDocument("encrypted", ENCRYPTED)
            root = fromstring(archive.read("content.xml"))
        body = root.find(f"{_OFFICE}body")
        return text_document("\n\n".join(_blocks(body)) if body is not None else "")


def _words(element: Element) -> str:
    if element.tag in _LEFT_OUT:
        return ""
    inside = _BREAKS.get(element.tag, element.text or "")
    return inside + "".join(_words(child) + (child.tail or "") for child in element)


def _blocks(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_TEXT}h":
            level = min(int(child.get(f"{_TEXT}outline-level", "1")), 6)
            yield f"{'#' * level} {' '.join(_words(child).split())}"
        elif child.tag == f"{_TEXT}p":
            yield _words(child)
        elif child.tag == f"{_TEXT}list":
            yield "\n".join(f"- {' '.join(_words(item).split())}" for item in child.iter(f"{_TEXT}list-item"))
        elif child.tag == f"{_TABLE}table":
            yield table(
                [[_words(cell) for cell in row.iter(f"{_TABLE}table-cell")] for row in child.iter(f"{_TABLE}table-row")]
            )
        else:
            yield from _blocks(child)

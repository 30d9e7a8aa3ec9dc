"""What the styles of an OpenDocument text say that changes what a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from ingest.parsers.raised import lowered, raised

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_PROPERTIES = {
    "display": f"{TEXT}display",
    "line": f"{_STYLE}text-line-through-style",
    "line type": f"{_STYLE}text-line-through-type",
    "position": f"{_STYLE}text-position",
}


class Styles:
    def __init__(self, roots: Iterable[Element]) -> None:
        """Of a document's parts; what a later one says of a style wins."""
        self._by_name: dict[str, Element] = {}
        for root in roots:
            self._by_name |= {style.get(f"{_STYLE}name", ""): style for style in root.iter(f"{_STYLE}style")}

    def _said(self, element: Element, what: str) -> str:
        """A property of an element's style or of those it is made from; "" when none of them has it."""
        name, seen = element.get(f"{TEXT}style-name"), set[str]()
        while name in self._by_name and name not in seen:
            seen.add(name)
            style = self._by_name[name]
            properties = style.find(f"{_STYLE}text-properties")
            if properties is not None and (value := properties.get(_PROPERTIES[what])) is not None:
                return value
            name = style.get(f"{_STYLE}parent-style-name")
        return ""

    def goes_unread(self, element: Element) -> bool:
        """Hidden, or struck out."""
        return self._said(element, "display") == "none" or any(
            self._said(element, what) not in {"", "none"} for what in ("line", "line type")
        )

    def shifted(self, element: Element, text: str) -> str:
        """The text of an element, raised or lowered as its style says."""
        position = self._said(element, "position").partition(" ")[0]
        if position in {"", "0%"}:
            return text
        return lowered(text) if position == "sub" or position.startswith("-") else raised(text)

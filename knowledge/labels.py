"""How a place in a document is called, in one way everywhere. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def page_label(kind: str, number: int, label: str = "", heading_path: Sequence[str] = (), title: str = "") -> str:
    """ "page 4", "slide 3", "sheet Prices", or the last heading of a document without pages, unless that only says the
    document's title again.
    """
    if kind == "sheet":
        return f"sheet {label or number}"
    if kind in {"page", "slide"}:
        return f"{kind} {number}"
    heading = heading_path[-1] if heading_path else label
    return heading if heading and not (title and heading.casefold().endswith(title.casefold())) else "text"


def in_place(document_title: str, heading_path: Sequence[str], *texts: str) -> str:
    """A passage as models read it: its place first, so that "the limit is 65 euros" is found by what it limits."""
    place = [document_title, *(title for title in heading_path if title != document_title)]
    return "\n".join(part for part in (" › ".join(place), *texts) if part)

"""What the styles of a Word file say about its runs and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = {"0", "false", "off"}


def value_of(element: Any, path: str) -> str | None:
    """The value of an element's descendant at ``path``, as in "pPr/pStyle"; None where there is none."""
    found = None if element is None else element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else str(found.get(f"{W}val", ""))


class Styles:
    def __init__(self, root: Any) -> None:
        """``root`` may be None: a file without styles."""
        found = [] if root is None else root.iter(f"{W}style")
        self._by_id = {str(style.get(f"{W}styleId")): style for style in found}
        self._known: dict[tuple[str, str], str | None] = {}

    def chain(self, name: str | None) -> Iterator[Any]:
        """A style, then those it is based on."""
        seen: set[str] = set()
        while name is not None and name not in seen and name in self._by_id:
            seen.add(name)
            yield self._by_id[name]
            name = value_of(self._by_id[name], "basedOn")

    def value(self, name: str | None, path: str) -> str | None:
        """What a style says, itself or by what it is based on."""
        if name is None:
            return None
        if (name, path) not in self._known:
            values = (value_of(style, path) for style in self.chain(name))
            self._known[name, path] = next((value for value in values if value is not None), None)
        return self._known[name, path]

    def run_is(self, run: Any, what: str) -> bool:
        """Whether a run is ``what``, as in "vanish": by itself, by its style or by that of its paragraph."""
        path = f"rPr/{what}"
        said = value_of(run, path)
        if said is None:
            said = self.value(value_of(run, "rPr/rStyle"), path)
        if said is None:
            paragraph = next(run.iterancestors(f"{W}p"), None)
            said = self.value(value_of(paragraph, "pPr/pStyle"), path)
        return said is not None and said.lower() not in _OFF

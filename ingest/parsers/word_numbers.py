"""The numbers that Word writes before the paragraphs of lists and before headings. They stand nowhere in the file: each
follows from the paragraphs before it."""

from __future__ import annotations

import re
from typing import Any

from ingest.parsers.word_styles import Styles, W, value_of

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST = 10_000


class Numbers:
    """Of one part of a file: asked for each paragraph in order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """``root`` may be None: a file without lists."""
        self._styles = styles
        definitions = [] if root is None else root.iter(f"{W}abstractNum")
        self._definitions = {str(each.get(f"{W}abstractNumId")): each for each in definitions}
        lists = [] if root is None else root.iter(f"{W}num")
        self._lists = {str(each.get(f"{W}numId")): each for each in lists}
        self._counts: dict[str, dict[int, int]] = {}
        self._known_levels: dict[str, dict[int, Any]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, paragraph: Any) -> str:
        """As "3.", "2.1" or "b)"; "" where there is no number, or one of a kind that is not known here."""
        place = self._place(paragraph)
        if place is None or _goes_unseen(paragraph):
            return ""
        name, level = place
        levels = self._levels(name)
        if level not in levels:
            return ""
        # Lists of one definition count on from each other.
        counts = self._counts.setdefault(value_of(self._lists[name], "abstractNumId") or "", {})
        self._count(counts, name, level, levels)
        return _written(levels, counts, level)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Which list, and which of its levels."""
        style = value_of(paragraph, "pPr/pStyle")
        name = value_of(paragraph, "pPr/numPr/numId") or self._styles.value(style, "pPr/numPr/numId")
        if name not in self._lists or name is None:
            return None
        stated = value_of(paragraph, "pPr/numPr/ilvl")
        if stated is None and value_of(paragraph, "pPr/numPr/numId") is None:
            stated = self._level_of(style, name) or self._styles.value(style, "pPr/numPr/ilvl")
        return name, int(stated) if stated and stated.isdecimal() else 0

    def _level_of(self, style: str | None, name: str) -> str | None:
        """The level that names the style as its own."""
        levels = self._levels(name).items()
        return next((str(n) for n, level in levels if style and value_of(level, "pStyle") == style), None)

    def _levels(self, name: str) -> dict[int, Any]:
        if name not in self._known_levels:
            self._known_levels[name] = self._found_levels(self._lists[name])
        return self._known_levels[name]

    def _found_levels(self, number: Any) -> dict[int, Any]:
        definition = self._definitions.get(value_of(number, "abstractNumId") or "")
        linked = value_of(definition, "numStyleLink")
        if linked is not None:
            other = self._lists.get(self._styles.value(linked, "pPr/numPr/numId") or "")
            definition = self._definitions.get(value_of(other, "abstractNumId") or "")
        own = [] if definition is None else definition.findall(f"{W}lvl")
        found = [*own, *number.findall(f"{W}lvlOverride/{W}lvl")]
        return {int(level.get(f"{W}ilvl")): level for level in found if str(level.get(f"{W}ilvl")).isdecimal()}

    def _count(self, counts: dict[int, int], name: str, level: int, levels: dict[int, Any]) -> None:
        if (name, level) not in self._begun:
            self._begun.add((name, level))
            for override in self._lists[name].findall(f"{W}lvlOverride"):
                again = value_of(override, "startOverride")
                if override.get(f"{W}ilvl") == str(level) and again is not None and again.isdecimal():
                    counts[level] = int(again) - 1
        for above in range(level):
            counts.setdefault(above, _start(levels, above))
        counts[level] = counts.get(level, _start(levels, level) - 1) + 1
        for below in [n for n in counts if n > level and value_of(levels.get(n), "lvlRestart") != "0"]:
            del counts[below]


def _goes_unseen(paragraph: Any) -> bool:
    """Deleted while changes are tracked, or hidden with all its text."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    if mark is None:
        return False
    empty = next(paragraph.iter(f"{W}t"), None) is None
    return mark.find(f"{W}del") is not None or (empty and mark.find(f"{W}vanish") is not None)


def _start(levels: dict[int, Any], level: int) -> int:
    stated = value_of(levels.get(level), "start")
    return int(stated) if stated and stated.isdecimal() else 1


def _written(levels: dict[int, Any], counts: dict[int, int], level: int) -> str:
    if value_of(levels[level], "numFmt") in {"bullet", "none"}:
        return ""
    plain = levels[level].find(f"{W}isLgl") is not None
    pattern = value_of(levels[level], "lvlText") or ""
    parts = {
        place: _figure(counts.get(int(place) - 1, 1), (value_of(levels.get(int(place) - 1), "numFmt"), plain))
        for place in _PLACE.findall(pattern)
    }
    return _PLACE.sub(lambda match: parts[match[1]], pattern).strip() if all(parts.values()) else ""


def _figure(number: int, kind: tuple[str | None, bool]) -> str:
    """A number as a level writes it; "" for kinds that are not known here."""
    form, plain = kind
    if form in {None, "decimal"} or plain:
        return str(number)
    if form == "decimalZero":
        return f"{number:02}"
    if not 0 < number < _MOST:
        return ""
    if form in {"lowerLetter", "upperLetter"}:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in {"lowerRoman", "upperRoman"}:
        written = ""
        for value, letter in _ROMAN:
            written += letter * (number // value)
            number %= value
        return written if form == "lowerRoman" else written.upper()
    return ""

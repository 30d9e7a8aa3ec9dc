"""How a mode's answer is set on the page: sentences in titled groups, or in a table. Pure.

A title may be words of a document, so a group is shown with all of its sentences or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Sentence = TypeVar("Sentence")
NOT_SAID, HELD_BACK, NOT_REACHED, NOT_SHOWN = "not said", "held back", "not reached", "not shown"
NOTHING_ANSWERS = "Nothing you may read answers this."
UNSUPPORTED = "What was said of this was held back, because the documents do not support it."
TONES = {"differs": "fair", "not found": "poor", "same": "good"}


@dataclass(frozen=True, slots=True)
class Group(Generic[Sentence]):
    """``silence`` says why there is no sentence in it, "" where there is one."""

    title: str
    label: str
    tone: str
    sentences: tuple[Sentence, ...]
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Cell(Generic[Sentence]):
    """``silence`` says why there is no sentence in it, "" where there is one."""

    sentences: tuple[Sentence, ...]
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Row(Generic[Sentence]):
    """``document`` is its id."""

    document: str
    cells: tuple[Cell[Sentence], ...]


@dataclass(frozen=True, slots=True)
class Layout(Generic[Sentence]):
    groups: tuple[Group[Sentence], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row[Sentence], ...] = ()


def set_out(
    layout: Mapping[str, Any], params: Mapping[str, Any], shown: Mapping[int, Sentence], readable: Collection[str] = ()
) -> Layout[Sentence]:
    """The layout of the sentences that are shown, by their numbers. Of a table only the rows of ``readable`` documents:
    one that is hidden from whoever looks leaves the same as one that is not there."""
    groups = layout.get("groups", [])
    if params.get("columns"):
        return _table(groups, params, shown, readable)
    return Layout(groups=tuple(_group(group, shown) for group in groups if _is_shown(group, shown)))


def _is_shown(group: Mapping[str, Any], shown: Mapping[int, Sentence]) -> bool:
    tells = group["sentences"] or group["label"] or group.get("held")
    return bool(tells) and all(number in shown for number in group["sentences"])


def _group(group: Mapping[str, Any], shown: Mapping[int, Sentence]) -> Group[Sentence]:
    sentences, label = tuple(shown[number] for number in group["sentences"]), group["label"]
    silence = "" if sentences else UNSUPPORTED if group.get("held") else NOTHING_ANSWERS
    return Group(group["title"], label, TONES.get(label, ""), sentences, silence)


def _table(
    groups: Sequence[Mapping[str, Any]],
    params: Mapping[str, Any],
    shown: Mapping[int, Sentence],
    readable: Collection[str],
) -> Layout[Sentence]:
    said = {tuple(group["cell"]): group for group in groups if group["cell"]}
    columns = tuple(params["columns"])
    rows = [
        Row(document, tuple(_cell(said.get((row, column)), shown) for column in range(len(columns))))
        for row, document in enumerate(params.get("documents", []))
        if document in readable
    ]
    return Layout(columns=columns, rows=tuple(rows))


def _cell(group: Mapping[str, Any] | None, shown: Mapping[int, Sentence]) -> Cell[Sentence]:
    if group is None:
        return Cell((), NOT_REACHED)
    numbers = group["sentences"]
    sentences = tuple(shown[number] for number in numbers if number in shown)
    if sentences:
        return Cell(sentences)
    return Cell((), NOT_SHOWN if numbers else HELD_BACK if group.get("held") else NOT_SAID)

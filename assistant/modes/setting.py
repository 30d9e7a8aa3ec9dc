"""How a mode's answer is set on the page: sentences in titled groups, or in a table. Pure.

A title may be words of a document, so a group is shown with all of its sentences or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Sentence = TypeVar("Sentence")
TONES = {"differs": "fair", "not found": "poor", "same": "good"}


@dataclass(frozen=True, slots=True)
class Group(Generic[Sentence]):
    title: str
    label: str
    tone: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Row(Generic[Sentence]):
    """``document`` is its id; a cell without a sentence is one in which the document is silent."""

    document: str
    cells: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Layout(Generic[Sentence]):
    groups: tuple[Group[Sentence], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row[Sentence], ...] = ()


def set_out(layout: Mapping[str, Any], params: Mapping[str, Any], shown: Mapping[int, Sentence]) -> Layout[Sentence]:
    """The layout of the sentences that are shown, by their numbers."""
    groups = layout.get("groups", [])
    if params.get("columns"):
        return _table(groups, params, shown)
    return Layout(
        groups=tuple(
            Group(
                group["title"],
                group["label"],
                TONES.get(group["label"], ""),
                tuple(shown[number] for number in group["sentences"]),
            )
            for group in groups
            if all(number in shown for number in group["sentences"]) and (group["sentences"] or group["label"])
        )
    )


def _table(
    groups: Sequence[Mapping[str, Any]], params: Mapping[str, Any], shown: Mapping[int, Sentence]
) -> Layout[Sentence]:
    cells = {tuple(group["cell"]): group["sentences"] for group in groups if group["cell"]}
    columns = tuple(params["columns"])
    rows = []
    for row, document in enumerate(params.get("documents", [])):
        said = (cells.get((row, column), []) for column in range(len(columns)))
        rows.append(Row(document, tuple(tuple(shown[n] for n in numbers if n in shown) for numbers in said)))
    return Layout(columns=columns, rows=tuple(rows))

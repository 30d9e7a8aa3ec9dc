"""Groups of unanswered questions as a picture: a row for each, a square for each question. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

SIZE, GAP, LEFT = 18, 3, 250


@dataclass(frozen=True, slots=True)
class Square:
    x: int
    odd: bool  # of another topic than most of its group
    question: str


@dataclass(frozen=True, slots=True)
class Row:
    y: int
    topic: str
    pure: bool
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class GroupPicture:
    rows: tuple[Row, ...]
    singles: int
    pure: int
    width: int
    height: int


def picture(questions: Sequence[tuple[str, str]], groups: Sequence[int]) -> GroupPicture:
    """``questions`` are (topic, question). Groups of one are counted, not drawn."""
    members: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for group, question in zip(groups, questions, strict=True):
        members[group].append(question)
    larger = sorted((named for named in members.values() if len(named) > 1), key=lambda named: -len(named))
    rows = []
    for at, named in enumerate(larger):
        topic, count = Counter(topic for topic, _ in named).most_common(1)[0]
        ordered = sorted(named, key=lambda one: one[0] != topic)
        squares = tuple(
            Square(LEFT + place * (SIZE + GAP), own != topic, f"{own}: {words}")
            for place, (own, words) in enumerate(ordered)
        )
        rows.append(Row(at * (SIZE + GAP), topic, count == len(named), squares))
    widest = max((len(named) for named in larger), default=0)
    return GroupPicture(
        rows=tuple(rows),
        singles=len(members) - len(larger),
        pure=sum(row.pure for row in rows),
        width=LEFT + widest * (SIZE + GAP),
        height=max(1, len(rows)) * (SIZE + GAP),
    )

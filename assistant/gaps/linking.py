"""Which group a question belongs to: average linkage over cosines. Pure.

A question joins the group whose members are on average nearest to it, if that average reaches ``THRESHOLD``; otherwise
it founds one. The same questions in the same order give the same groups. With unit vectors the average cosine to a
group is the product with the sum of its vectors, so a group costs one product however many questions it has.

The threshold was measured on the 200 questions of ``config/sample_company/unanswered.txt`` (``manage.py
measure_gaps``): the lowest at which 19 of 20 groups hold one topic only, since a group of two topics goes to the wrong
owner, while a topic in two groups is only read twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.embedding import Vectors

THRESHOLD = 0.5


@dataclass(slots=True)
class Group:
    """``total`` is the sum of the members' unit vectors."""

    key: int
    total: Vectors
    size: int

    def average(self, vector: Vectors) -> float:
        return float(vector @ self.total) / self.size

    def add(self, vector: Vectors) -> None:
        self.total, self.size = self.total + vector, self.size + 1


def nearest(vector: Vectors, groups: Iterable[Group], threshold: float = THRESHOLD) -> Group | None:
    """The group to join, the older one where two are as near; None when none is near enough."""
    best = max(groups, key=lambda group: (group.average(vector), -group.key), default=None)
    return best if best is not None and best.average(vector) >= threshold else None


def link(vectors: Sequence[Vectors], threshold: float = THRESHOLD) -> list[int]:
    """The group of each question, from 0 in the order of their first question."""
    groups: list[Group] = []
    keys = []
    for vector in vectors:
        group = nearest(vector, groups, threshold)
        if group is None:
            groups.append(Group(len(groups), np.array(vector), 1))
            keys.append(len(groups) - 1)
        else:
            group.add(vector)
            keys.append(group.key)
    return keys


@dataclass(frozen=True, slots=True)
class Purity:
    """How groups stand to topics. ``pure`` counts groups of two or more in which all are of one topic."""

    questions: int
    topics: int
    groups: int
    larger: int
    pure: int
    precision: float  # of the pairs in one group: how many are of one topic
    recall: float  # of the pairs of one topic: how many are in one group

    @property
    def pure_percent(self) -> float:
        return round(100 * self.pure / self.larger, 1) if self.larger else 100.0


def purity(groups: Sequence[int], topics: Sequence[str]) -> Purity:
    members: dict[int, list[str]] = {}
    for group, topic in zip(groups, topics, strict=True):
        members.setdefault(group, []).append(topic)
    larger = [named for named in members.values() if len(named) > 1]
    same = alike = both = 0
    for at in range(len(groups)):
        for other in range(at):
            together, one_topic = groups[at] == groups[other], topics[at] == topics[other]
            same, alike, both = same + together, alike + one_topic, both + (together and one_topic)
    return Purity(
        questions=len(groups),
        topics=len(set(topics)),
        groups=len(members),
        larger=len(larger),
        pure=sum(len(set(named)) == 1 for named in larger),
        precision=both / same if same else 1.0,
        recall=both / alike if alike else 1.0,
    )

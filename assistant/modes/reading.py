"""A whole document as evidence, and how near its sentences are to something. Nothing is embedded that has a vector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.utils import timezone

from accounts.models import User
from assistant.selection.units import Unit, all_units
from assistant.selection.vectors import vectors_of
from knowledge.embedding import Vectors, query_vector
from knowledge.embedding.stored import table
from knowledge.errors import SearchUnavailable
from knowledge.lexical import analyse
from knowledge.models import Document, Page, Passage, is_replaced
from knowledge.search import UNASKED, Evidence, evidence_of

LONGEST = 400  # passages of one document that are read; of a longer one every second, third, … is


@dataclass(frozen=True, slots=True)
class Reading:
    """Passages of a document in reading order, their sentences, and the passages' vectors (n, dimension)."""

    document: Document
    evidence: tuple[Evidence, ...]
    units: tuple[Unit, ...]
    vectors: Vectors | None


def read(document: Document, user: User) -> Reading:
    """What the asker may read of the current version."""
    rows = list(
        Passage.objects.visible_to(user)
        .filter(version_id=document.current_id)
        .select_related("page", "version__document__collection")
        .defer("page__text")
        .order_by("ordinal")
    )
    rows = rows[:: max(1, -(-len(rows) // LONGEST))]
    superseded = is_replaced(document.pk, user) or not document.force.holds(timezone.localdate())
    evidence = tuple(evidence_of(row, UNASKED, superseded=superseded) for row in rows)
    pages = dict(Page.objects.filter(pk__in={row.page_id for row in rows}).values_list("pk", "text"))
    return Reading(document, evidence, tuple(all_units(evidence, pages)), _stored(rows))


def _stored(rows: Sequence[Passage]) -> Vectors | None:
    if not rows or len({row.model_id for row in rows}) > 1:
        return None
    return table([row.vector for row in rows])


def towards(reading: Reading, words: str) -> tuple[Evidence, ...]:
    """The evidence with each passage's cosine to some words; as it is without a model."""
    try:
        asked = query_vector(words)
    except SearchUnavailable:
        return reading.evidence
    if reading.vectors is None or reading.vectors.shape[1] != asked.shape[0]:
        return reading.evidence
    near = reading.vectors @ asked
    return tuple(
        replace(item, dense=float(value), score=float(value))
        for item, value in zip(reading.evidence, near, strict=True)
    )


def centrality(reading: Reading) -> list[float]:
    """For each unit how much it speaks of what its document speaks of, about 0 to 1.

    The passage's nearness to the middle of all passages, and the share of the document's most frequent terms.
    """
    terms = Counter(term for item in reading.evidence for term in set(analyse(item.text)))
    most = max(terms.values(), default=1)
    near = _nearness(reading)
    found = []
    for unit in reading.units:
        own = set(analyse(unit.shown))
        share = sum(terms[term] for term in own) / (most * max(6, len(own)))
        found.append(0.6 * near[unit.source] + 0.4 * share)
    return found


def _nearness(reading: Reading) -> list[float]:
    if reading.vectors is None:
        return [0.0] * len(reading.evidence)
    middle = reading.vectors.mean(axis=0)
    length = float(np.linalg.norm(middle)) or 1.0
    return [float(value) for value in reading.vectors @ (middle / length)]


def meanings(texts: Sequence[str]) -> Vectors | None:
    """(n, dimension) unit vectors; None without a model."""
    try:
        return vectors_of(texts)
    except SearchUnavailable:
        return None

"""Which documents a question names: those whose titles stand in the words that say where to look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from accounts.models import User
from knowledge import lexical
from knowledge.index import Ids
from knowledge.models import DocumentVersion
from knowledge.projection import Projection

_NEAR = 0.8  # of the best share of the words
_TITLE = 0.6  # of the title's words must be among those said
_MOST = 50  # documents; words that name more name none


def named_passages(
    place: str, user: User, languages: Sequence[str], projection: Projection, allowed: Ids
) -> Ids | None:
    """Sorted ids of the passages, among ``allowed``, of the documents that ``place`` names; None when it names none."""
    said = lexical.analyse_question(place, languages)
    shares = lexical.title_shares(said, allowed)
    best = float(shares.max(initial=0.0))
    if best <= 0:
        return None
    versions = np.unique(projection.versions_of(allowed[shares >= _NEAR * best]))
    if len(versions) > _MOST:
        return None
    words = {variant for term in said.terms for variant in term}
    rows = DocumentVersion.objects.visible_to(user).filter(pk__in=versions.tolist())
    named = [
        pk for pk, title, language in rows.values_list("pk", "document__title", "language")
        if _stands_in(lexical.analyse(title, language or "en"), words)
    ]  # fmt: skip
    if not named:
        return None
    ids, _ = projection.passages_of(np.array(sorted(named), dtype=np.int64))
    return np.intersect1d(ids, allowed, assume_unique=True)


def _stands_in(title: Sequence[str], words: set[str]) -> bool:
    terms = set(title)
    return bool(terms) and len(terms & words) >= _TITLE * len(terms)

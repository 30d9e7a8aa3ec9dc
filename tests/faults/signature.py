"""What people are answered from, as one value: it may be the old one or the new one, and nothing between."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.db import connection, transaction

from knowledge import postings
from knowledge.models import Document, Passage
from knowledge.projection import get_projection


class Signature(NamedTuple):
    """One document: the version that answers, its passages' texts, and whether full text and index hold just them."""

    version: int
    passages: int
    texts: str
    searched: bool


def signature(document: Document) -> Signature:
    with transaction.atomic():
        current = Document.objects.select_related("current").get(pk=document.pk).current
        rows = list(
            Passage.objects.filter(version__document=document, version=current)
            .order_by("ordinal")
            .values_list("pk", "text")
            if current is not None
            else ()
        )
        mine = set(Passage.objects.filter(version__document=document).values_list("pk", flat=True))
        stored = set(postings.stored_ids(connection)) & mine
        held = set(get_projection().index.ids().tolist())
        everybody = set(Passage.objects.searchable().values_list("pk", flat=True))
    ids = {pk for pk, _ in rows}
    texts = hashlib.sha256("\0".join(text for _, text in rows).encode()).hexdigest()
    return Signature(current.number if current else 0, len(rows), texts, stored == ids and held == everybody)

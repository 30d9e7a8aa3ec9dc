"""Who should see which canary, counted grant by grant in plain words. It shares no code with the read rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from accounts.models import User
from knowledge.models import Document, Grant, Restriction


def expected(probes: Iterable[User]) -> dict[int, set[uuid.UUID]]:
    """Probe → the canaries it may see, from the rows as they are now."""
    opened: dict[int, set[int | None]] = {}  # collection → people; None stands for everyone
    for collection, everyone, person in Grant.objects.values_list("collection_id", "everyone", "user_id"):
        if everyone or person is not None:
            opened.setdefault(collection, set()).add(None if everyone else person)
    named: dict[uuid.UUID, set[int]] = {}
    for document, person in Restriction.objects.filter(document__canary=True).values_list("document_id", "user_id"):
        if person is not None:
            named.setdefault(document, set()).add(person)
    canaries = list(
        Document.objects.filter(canary=True, deleted__isnull=True).values_list("pk", "collection_id", "restricted")
    )
    found: dict[int, set[uuid.UUID]] = {}
    for probe in probes:
        found[probe.pk] = set()
        for pk, collection, narrowed in canaries:
            let_in = opened.get(collection, set())
            if not let_in & {None, probe.pk}:
                continue
            if narrowed and probe.pk not in named.get(pk, set()):
                continue
            found[probe.pk].add(pk)
    return found

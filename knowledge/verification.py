"""Rows, vectors, files and the full text held against each other. Finds differences; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, F

from accounts import chain
from accounts.models import AuditEvent
from knowledge import postings
from knowledge.embedding import get_embedder
from knowledge.models import Document, DocumentVersion, Page, Passage
from knowledge.projection import get_projection

_SHOWN = 20


@dataclass
class Verification:
    """Counts of what there is, and every difference in words."""

    counts: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def verify() -> Verification:
    result = Verification()
    for check in (_rows, _vectors, _full_text, _index, _files, _trail):
        result.differences.extend(check(result.counts))
    return result


def _listed(problem: str, ids: set[int]) -> Iterator[str]:
    if ids:
        shown = ", ".join(map(str, sorted(ids)[:_SHOWN]))
        yield f"{len(ids)} {problem}: {shown}{' …' if len(ids) > _SHOWN else ''}"


def _rows(counts: dict[str, int]) -> Iterator[str]:
    counts["documents"] = Document.objects.filter(deleted__isnull=True).count()
    counts["versions"] = DocumentVersion.objects.count()
    counts["pages"] = Page.objects.count()
    counts["passages"] = Passage.objects.count()
    ready = DocumentVersion.objects.filter(state=DocumentVersion.State.READY)
    held = ready.annotate(n=Count("passages", distinct=True), p=Count("pages", distinct=True))
    yield from _listed(
        "versions hold another number of passages than they say",
        set(held.exclude(n=F("passage_count")).values_list("pk", flat=True)),
    )
    yield from _listed(
        "versions hold another number of pages than they say",
        set(held.exclude(p=F("page_count")).values_list("pk", flat=True)),
    )
    wrong = {
        passage.pk
        for passage in Passage.objects.select_related("page").defer("vector").iterator(chunk_size=500)
        if passage.page.text[passage.start : passage.end] != passage.text
    }
    yield from _listed("passages differ from the page text at their offsets", wrong)


def _vectors(counts: dict[str, int]) -> Iterator[str]:
    embedder = get_embedder()
    counts["vectors"] = 0
    other: set[int] = set()
    broken: set[int] = set()
    for pk, model, raw in Passage.objects.values_list("pk", "model_id", "vector").iterator(chunk_size=1000):
        vector = np.frombuffer(bytes(raw), dtype="<f4")
        if model != embedder.model_id:
            other.add(pk)
        elif (
            len(vector) != embedder.dimension or not np.isfinite(vector).all() or abs(float(vector @ vector) - 1) > 0.01
        ):
            broken.add(pk)
        else:
            counts["vectors"] += 1
    yield from _listed("passages were embedded with another model and are not found by meaning", other)
    yield from _listed("passages have a vector that is damaged", broken)


def _searchable() -> set[int]:
    return set(Passage.objects.searchable().values_list("pk", flat=True))


def _full_text(counts: dict[str, int]) -> Iterator[str]:
    stored = set(postings.stored_ids(connection))
    counts["full_text"] = len(stored)
    wanted = _searchable()
    yield from _listed("searchable passages are missing from the full text", wanted - stored)
    yield from _listed("passages are in the full text but should not be", stored - wanted)


def _index(counts: dict[str, int]) -> Iterator[str]:
    held = set(get_projection().index.ids().tolist())
    counts["index"] = len(held)
    wanted = set(Passage.objects.searchable().filter(model_id=get_embedder().model_id).values_list("pk", flat=True))
    yield from _listed("searchable passages are missing from the index", wanted - held)
    yield from _listed("passages are in the index but should not be", held - wanted)


def _files(counts: dict[str, int]) -> Iterator[str]:
    named = dict(DocumentVersion.objects.values_list("blob", "size"))
    root = Path(default_storage.path(""))
    on_disk = {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}
    counts["files"] = len(on_disk)
    for name in sorted(named.keys() - on_disk.keys()):
        yield f"the file {name} is missing"
    for name in sorted(on_disk.keys() - named.keys()):
        yield f"the file {name} belongs to no version"
    for name in sorted(named.keys() & on_disk.keys()):
        if named[name] != on_disk[name]:
            yield f"the file {name} has {on_disk[name]} bytes, {named[name]} were uploaded"


def _trail(counts: dict[str, int]) -> Iterator[str]:
    counts["audit"] = AuditEvent.objects.count()
    yield from chain.verify()

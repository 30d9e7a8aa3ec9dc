"""Rows, vectors, files, full text, index and pictures held against each other. Finds differences; changes nothing.

Other layers add their own finders with ``register``; ``repairing`` mends what can be made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, F

from accounts import chain
from accounts.models import AuditEvent
from knowledge import lexical, postings, snapshots
from knowledge.embedding import get_embedder
from knowledge.embedding.stored import is_sound
from knowledge.models import Document, DocumentVersion, Page, Passage
from knowledge.projection import get_projection

Counts = dict[str, int]
Finder = Callable[[Counts], Iterator[str]]

# A file nobody names may be an upload whose rows are being written at this moment; after this it is not.
SETTLED_SECONDS = 600
_SHOWN = 20
_PNG_END = b"IEND\xaeB`\x82"
_registered: list[Finder] = []


@dataclass
class Verification:
    """Counts of what there is, and every difference in words."""

    counts: Counts = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def register(finder: Finder) -> None:
    """Adds a finder of a layer above. It puts its counts into the dictionary and yields differences in words."""
    if finder not in _registered:
        _registered.append(finder)


def verify(still_here: Callable[[], None] = lambda: None) -> Verification:
    """``still_here`` is called between the parts. Raises SearchUnavailable when there is no model to compare with."""
    result = Verification()
    for find in (_rows, _vectors, _full_text, _index, _files, _pictures, _trail, *_registered):
        result.differences.extend(find(result.counts))
        still_here()
    return result


def listed(problem: str, ids: Iterable[object]) -> Iterator[str]:
    """One sentence that counts the rows and names the first of them; none when there are none."""
    some = sorted(ids, key=str) if not all(isinstance(one, int) for one in ids) else sorted(ids)  # type: ignore[type-var]  # whole numbers
    if some:
        shown = ", ".join(map(str, some[:_SHOWN]))
        yield f"{len(some)} {problem}: {shown}{' …' if len(some) > _SHOWN else ''}"


def _rows(counts: Counts) -> Iterator[str]:
    counts["documents"] = Document.objects.filter(deleted__isnull=True).count()
    counts["versions"] = DocumentVersion.objects.count()
    counts["pages"] = Page.objects.count()
    counts["passages"] = Passage.objects.count()
    ready = DocumentVersion.objects.filter(state=DocumentVersion.State.READY)
    held = ready.annotate(n=Count("passages", distinct=True), p=Count("pages", distinct=True))
    yield from listed(
        "versions hold another number of passages than they say",
        set(held.exclude(n=F("passage_count")).values_list("pk", flat=True)),
    )
    yield from listed(
        "versions hold another number of pages than they say",
        set(held.exclude(p=F("page_count")).values_list("pk", flat=True)),
    )
    wrong = {
        passage.pk
        for passage in Passage.objects.select_related("page").defer("vector").iterator(chunk_size=500)
        if passage.page.text[passage.start : passage.end] != passage.text
    }
    yield from listed("passages differ from the page text at their offsets", wrong)


def unsound_vectors() -> tuple[set[int], set[int], int]:
    """Passages whose vector is of another model, those whose vector is damaged, and how many are sound."""
    embedder = get_embedder()
    sound, other, broken = 0, set(), set()
    for pk, model, raw in Passage.objects.values_list("pk", "model_id", "vector").iterator(chunk_size=1000):
        if model != embedder.model_id:
            other.add(pk)
        elif not is_sound(bytes(raw), embedder.dimension):
            broken.add(pk)
        else:
            sound += 1
    return other, broken, sound


def _vectors(counts: Counts) -> Iterator[str]:
    other, broken, counts["vectors"] = unsound_vectors()
    yield from listed("passages were embedded with another model and are not found by meaning", other)
    yield from listed("passages have a vector that is damaged", broken)


def full_text_differences() -> tuple[set[int], set[int]]:
    """Passages missing from the full text, and those in it that should not be."""
    stored = set(postings.stored_ids(connection))
    wanted = set(Passage.objects.searchable().values_list("pk", flat=True))
    return wanted - stored, stored - wanted


def _full_text(counts: Counts) -> Iterator[str]:
    missing, surplus = full_text_differences()
    counts["full_text"] = len(set(postings.stored_ids(connection)))
    yield from listed("searchable passages are missing from the full text", missing)
    yield from listed("passages are in the full text but should not be", surplus)
    yield from listed("passages are in the full text with another title than their document's", lexical.retitled())


def index_differences() -> tuple[set[int], set[int]]:
    """Passages missing from this process's index, and those in it that should not be."""
    held = set(get_projection().index.ids().tolist())
    wanted = set(Passage.objects.searchable().filter(model_id=get_embedder().model_id).values_list("pk", flat=True))
    return wanted - held, held - wanted


def _index(counts: Counts) -> Iterator[str]:
    for directory, reason in snapshots.damaged():  # first, for whoever loads one sets the damaged ones aside
        yield f"the snapshot {directory.name} is damaged: {reason}"
    missing, surplus = index_differences()
    counts["index"] = len(get_projection().index.ids())
    yield from listed("searchable passages are missing from the index", missing)
    yield from listed("passages are in the index but should not be", surplus)


def orphans() -> dict[str, Path]:
    """Files in the store that no version names, by their names there; those of this moment's uploads left out."""
    root = Path(default_storage.path(""))
    before = time.time() - SETTLED_SECONDS
    on_disk = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    named = set(DocumentVersion.objects.values_list("blob", flat=True))
    return {name: path for name, path in on_disk.items() if name not in named and path.stat().st_mtime < before}


def _files(counts: Counts) -> Iterator[str]:
    root = Path(default_storage.path(""))
    on_disk = {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}
    counts["files"] = len(on_disk)
    for name, size in DocumentVersion.objects.order_by("blob").values_list("blob", "size"):
        if not (root / name).is_file():
            # Deleted since it was read from the database: then nothing is missing.
            if DocumentVersion.objects.filter(blob=name).exists():
                yield f"the file {name} is missing"
        elif on_disk.get(name, size) != size:
            yield f"the file {name} has {on_disk[name]} bytes, {size} were uploaded"
    for name in sorted(orphans()):
        yield f"the file {name} belongs to no version"


def surplus_pictures() -> list[Path]:
    """Folders of page pictures whose version is gone."""
    folders = [path for path in settings.PAGE_CACHE_DIR.glob("*") if path.is_dir()]
    known = set(map(str, DocumentVersion.objects.values_list("pk", flat=True)))
    return [folder for folder in folders if folder.name not in known]


def damaged_pictures() -> list[Path]:
    """Page pictures that end before their end."""
    return [path for path in settings.PAGE_CACHE_DIR.glob("*/*.png") if not path.read_bytes().endswith(_PNG_END)]


def _pictures(counts: Counts) -> Iterator[str]:
    counts["pictures"] = sum(1 for _ in settings.PAGE_CACHE_DIR.glob("*/*.png"))
    yield from listed("folders of page pictures belong to no version", [path.name for path in surplus_pictures()])
    yield from listed("page pictures are damaged", [f"{path.parent.name}/{path.name}" for path in damaged_pictures()])


def _trail(counts: Counts) -> Iterator[str]:
    counts["audit"] = AuditEvent.objects.count()
    yield from chain.verify()

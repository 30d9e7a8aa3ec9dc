"""``verify --repair``: mends what can be made again, and says what it did.

Nothing that cannot be made again is deleted: files nobody names and snapshots that are damaged are moved aside, and a
missing file or a wrong page text stays a difference for people to look at.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from knowledge import lexical, projection, snapshots, verification
from knowledge.batching import batches
from knowledge.errors import FootnoteError
from knowledge.models import Page, Passage, StoreCheck
from knowledge.pages import page_image
from knowledge.postings import drop_rows
from knowledge.verification import Verification

Mender = Callable[[], Iterator[str]]

CHECKS_KEPT = 100
_registered: list[Mender] = []


def register(mender: Mender) -> None:
    """Adds a mender of a layer above, which says in words what it did. It runs before the indexes are mended."""
    if mender not in _registered:
        _registered.append(mender)


def repair() -> list[str]:
    """What was mended, a sentence each. Raises SearchUnavailable without a model."""
    return [done for mend in (*_registered, _full_text, _index, _pictures, _files) for done in mend()]


def check_store(*, mend: bool = False, still_here: Callable[[], None] = lambda: None) -> StoreCheck:
    """Mends if wanted, verifies, and keeps the result for administrators, with the reason if it cannot be done."""
    check = StoreCheck.objects.create()
    result = Verification()
    try:
        check.mended = repair() if mend else []
        result = verification.verify(still_here)
    except FootnoteError as error:
        check.error = str(error)
    check.counts, check.differences, check.finished = result.counts, result.differences, timezone.now()
    check.save()
    kept = StoreCheck.objects.order_by("-started").values("pk")[:CHECKS_KEPT]
    StoreCheck.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return check


def _full_text() -> Iterator[str]:
    with transaction.atomic():
        missing, surplus = verification.full_text_differences()
        retitled = lexical.retitled()
        drop_rows(connection, sorted(surplus))
        versions: set[int] = set()
        for some in batches(sorted(missing.union(retitled))):
            versions.update(Passage.objects.filter(pk__in=some).values_list("version_id", flat=True))
        for version in versions:
            lexical.index_version(version)
    if missing:
        yield f"{len(missing)} passages were put back into the full text"
    if surplus:
        yield f"{len(surplus)} passages were taken out of the full text"
    if retitled:
        yield f"{len(retitled)} passages stood in the full text with another title than their document's"


def _index() -> Iterator[str]:
    harmed = list(snapshots.damaged())
    for directory, reason in harmed:
        snapshots.set_aside(directory, reason)
        yield f"the snapshot {directory.name} was moved to quarantine: {reason}"
    missing, surplus = verification.index_differences()
    if missing or surplus:
        # Sound files with the wrong content: what stands in them is not what the database says.
        for directory in snapshots.generations():
            snapshots.set_aside(directory, "its passages are not those of the database")
        projection.forget_projection()
    with snapshots.alone():
        held = projection.get_projection().snapshot()
        mended = bool((harmed or missing or surplus) and len(held.ids))
        if mended:
            snapshots.write(held)
    if mended:
        yield f"the index was built again from {len(held.ids)} stored vectors"


def _pictures() -> Iterator[str]:
    for folder in verification.surplus_pictures():
        shutil.rmtree(folder)
        yield f"the page pictures of version {folder.name}, which is gone, were removed"
    for picture in verification.damaged_pictures():
        picture.unlink()
        page = Page.objects.filter(version_id=int(picture.parent.name), number=int(picture.name.split("-")[0])).first()
        if page is not None:
            page_image(page)
        yield f"the page picture {picture.parent.name}/{picture.name} was drawn again"


def _files() -> Iterator[str]:
    for name, path in sorted(verification.orphans().items()):
        target: Path = settings.FOOTNOTE_HOME / "set-aside" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        yield f"the file {name}, which belongs to no version, was moved to set-aside/"

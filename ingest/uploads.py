"""A file comes in: ``accept_upload`` checks it, keeps its bytes and rows, and sends it to the workers.

Everything is written in one transaction or not at all, however many people upload the same file at once:
uploads to a collection queue for its row, and the unique constraints stand behind that.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, cast

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from accounts import audit
from accounts.models import User
from ingest.errors import UploadRefused as UploadRefused
from ingest.models import IngestJob
from ingest.names import clean_name, title_from
from ingest.quota import require_space
from ingest.tasks import enqueue_job
from knowledge.disk import nearly_full
from knowledge.models import Collection, Document, DocumentVersion

Outcome = Literal["new", "new_version", "duplicate"]

_ATTEMPTS = 5
_LIVE = (DocumentVersion.State.PROCESSING, DocumentVersion.State.READY)

NOT_WRITABLE = "The database cannot be written to just now, so nothing was kept. Try again in a moment."
NO_COLLECTION = "There is no such collection that you may add documents to."
NO_DOCUMENT = "There is no such document that you may give a new version."


@dataclass(slots=True)
class Accepted:
    """``job`` is None for a duplicate whose work is done; ``sent`` is false when the workers' queue was out
    of reach.
    """

    document: Document
    version: DocumentVersion
    job: IngestJob | None
    outcome: Outcome
    sent: bool = True
    hidden: bool = False  # the document that it is already here as is closed to whoever uploads

    @property
    def message(self) -> str:
        if self.outcome == "duplicate" and self.hidden:
            return "This file is already here, so nothing was added."
        if self.outcome == "duplicate" and self.job is not None:
            return f"This file is already being read as “{self.document.title}”, so nothing was added."
        if self.outcome == "duplicate":
            return f"This file is already here as “{self.document.title}”, so nothing was added."
        kept = "Received." if self.outcome == "new" else f"Received as version {self.version.number}."
        if not self.sent:
            return f"{kept} The workers cannot be reached just now; reading starts by itself when they are back."
        return kept


@dataclass(frozen=True, slots=True)
class _Staged:
    """The bytes of an upload in a temporary file beside their final place."""

    path: Path
    sha256: str
    size: int


class _StagedFile(File):  # type: ignore[type-arg]  # generic in the stubs only
    """Django's storage moves a file that has a path instead of copying it again."""

    def __init__(self, stream: IO[Any], path: Path) -> None:
        super().__init__(stream, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def accept_upload(
    *,
    user: User,
    collection: Collection,
    name: str,
    file: File[bytes],
    send: bool = True,
    anew: bool = False,
    document: Document | None = None,
) -> Accepted:
    """Keeps a file as a new document or a new version, or recognises it. ``anew``: never as a version of another that
    has this name, for nobody chose the name; it is numbered then. ``document``: as the next version of this one,
    whatever the file's name; it goes where the document is, not into ``collection``.

    Raises UploadRefused with a sentence when the person may not add to the collection (said as if there were
    none), the file is too large, empty or without a name, a quota is reached, the disk is nearly full or the database
    takes nothing. With ``send`` false the caller does the work itself (``pipeline.run_inline``).
    """
    if document is not None:
        if not versionable(user).filter(pk=document.pk).exists():
            raise UploadRefused(NO_DOCUMENT, 404)
        collection = document.collection
    if not Collection.objects.curated_by(user).filter(pk=collection.pk).exists():
        raise UploadRefused(NO_COLLECTION, 404)
    label = clean_name(name)
    if not label:
        raise UploadRefused("This file has no name. Give it one and upload it again.")
    for _ in range(_ATTEMPTS):
        # Somebody else may be first with the same name or number: then look again at what is there now.
        try:
            with suppress(IntegrityError), _staged(file) as staged:
                return _record(user, collection, label, staged, send=send, anew=anew, meant=document)
        except OperationalError as error:
            raise UploadRefused(NOT_WRITABLE, 503) from error
    raise UploadRefused("Many people are uploading this file at once, so nothing was kept. Try again.", 503)


def versionable(user: User) -> QuerySet[Document]:
    """Documents this person may give a new version by name: those they both see and curate."""
    return Document.objects.visible_to(user).filter(collection__in=Collection.objects.curated_by(user))


def too_large() -> str:
    megabytes = settings.UPLOAD_MAX_BYTES // 1024**2
    return f"This file is larger than the {megabytes} MB allowed. Split it and upload the parts."


@contextmanager
def _staged(file: File[bytes]) -> Iterator[_Staged]:
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    if nearly_full(folder):
        raise UploadRefused("The disk is nearly full, so nothing was kept. Tell your administrator.", 507)
    handle, path = tempfile.mkstemp(prefix="upload-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size = _copy(file, out)
            out.flush()
            os.fsync(out.fileno())
        yield _Staged(Path(path), sha256, size)
    except OSError as error:
        raise UploadRefused(
            "The file could not be written to disk, so nothing was kept. Try again later.", 507
        ) from error
    finally:
        Path(path).unlink(missing_ok=True)


def _copy(file: File[bytes], out: IO[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in file.chunks():
        size += len(chunk)
        if size > settings.UPLOAD_MAX_BYTES:
            raise UploadRefused(too_large(), 413)
        digest.update(chunk)
        out.write(chunk)
    if size == 0:
        raise UploadRefused("This file is empty, so nothing was kept.")
    return digest.hexdigest(), size


def _record(
    user: User,
    collection: Collection,
    name: str,
    staged: _Staged,
    *,
    send: bool,
    anew: bool,
    meant: Document | None = None,
) -> Accepted:
    """The rows, the blob and the trail in one transaction; a blob whose rows were not kept is removed."""
    blob = ""

    def kept() -> None:
        nonlocal blob
        blob = ""  # the rows are there: whatever happens from here on, the file stays
        if send:
            _send(accepted)

    try:
        with transaction.atomic():
            # Uploads to one collection queue here, so that a double is always seen.
            Collection.objects.select_for_update().get(pk=collection.pk)
            known = _same_bytes(user, collection, staged.sha256)
            if known is not None:
                if known.job is not None and known.job.uploaded_by_id != user.pk:
                    known.job.wanted_by.add(user)  # now it is read for both, and goes on when one of them cancels
                return known
            require_space(user, collection, staged.size)
            name = _free_name(user, collection, name) if anew else name
            document, outcome = _document(user, collection, name) if meant is None else _next_of(user, meant)
            version = _version(user, document, name, staged)
            blob = version.blob.name or ""
            version.save()
            job = IngestJob.objects.create(version=version, uploaded_by=user)
            audit.record(user, "document.uploaded", document, version=version.pk, collection=collection.pk)
            accepted = Accepted(document, version, job, outcome)
            transaction.on_commit(kept)
    except BaseException:
        if blob:
            DocumentVersion._meta.get_field("blob").storage.delete(blob)
        raise
    return accepted


def _send(accepted: Accepted) -> None:
    if accepted.job is not None:
        accepted.sent = enqueue_job(accepted.job.pk)


def _known_to(user: User) -> QuerySet[Document]:
    """Live documents whose being there is no secret to this person: those they may read or own, and for
    administrators, who manage them all, every one.

    An owner is among them though the document is closed to them by now: what they add to it stays as closed as it is,
    and does not come in beside it, open to all.
    """
    live = Document.objects.filter(deleted__isnull=True, canary=False)
    if user.is_administrator:
        return live
    return live.filter(Q(owner=user) | Q(pk__in=Document.objects.visible_to(user).values("pk")))


def _same_bytes(user: User, collection: Collection, sha256: str) -> Accepted | None:
    """The live document whose newest version, ready or being read, has these bytes; one that this person knows of
    rather than one that is hidden from them.

    What is being read may still be given up: where that would not be told to this person, or is wanted already,
    their own upload counts.
    """
    newer = DocumentVersion.objects.filter(
        document=OuterRef("document"), number__gt=OuterRef("number"), state__in=_LIVE
    )
    known = Exists(_known_to(user).filter(pk=OuterRef("document")))
    versions = (
        DocumentVersion.objects.filter(
            document__collection=collection, document__deleted__isnull=True, sha256=sha256, state__in=_LIVE
        )
        .exclude(Exists(newer))
        .exclude(state=DocumentVersion.State.PROCESSING, job__cancel_requested=True)
        .exclude(~known, state=DocumentVersion.State.PROCESSING)
        .select_related("document", "job")
    )
    version = versions.filter(known).first() or versions.first()
    if version is None:
        return None
    job = cast("IngestJob | None", getattr(version, "job", None))
    at_work = job if job is not None and job.active else None
    told = user.is_administrator or Document.objects.visible_to(user).filter(pk=version.document.pk).exists()
    return Accepted(version.document, version, at_work, "duplicate", hidden=not told)


def _document(user: User, collection: Collection, name: str) -> tuple[Document, Outcome]:
    """The document of this name, their own first. One that this person may not know of is left alone: theirs comes in
    beside it, under the same name, so that not even the name tells of the other."""
    namesakes = Document.objects.filter(collection=collection, name=name, deleted__isnull=True)
    own_first = Case(When(owner=user, then=0), default=1)
    document = namesakes.filter(pk__in=_known_to(user).values("pk")).order_by(own_first, "namesake").first()
    if document is not None:
        return document, "new_version"
    taken = set(namesakes.values_list("namesake", flat=True))
    document = Document.objects.create(
        collection=collection,
        name=name,
        namesake=next(number for number in count() if number not in taken),
        title=title_from(name),
        owner=user,
    )
    return document, "new"


def _next_of(user: User, meant: Document) -> tuple[Document, Outcome]:
    """The document that was named, looked up again: it may have gone, or been moved, while the file came in."""
    document = versionable(user).filter(pk=meant.pk, collection=meant.collection_id).first()
    if document is None:
        raise UploadRefused(NO_DOCUMENT, 404)
    return document, "new_version"


def _free_name(user: User, collection: Collection, name: str) -> str:
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    known = _known_to(user).filter(collection=collection, name__startswith=stem)
    taken = set(known.values_list("name", flat=True))
    return next(one for n in count(1) if (one := name if n == 1 else f"{stem}-{n}{suffix}") not in taken)


def _version(user: User, document: Document, name: str, staged: _Staged) -> DocumentVersion:
    """The next version, not saved yet, with its bytes moved into the store."""
    last = document.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = DocumentVersion(
        document=document,
        number=last + 1,
        sha256=staged.sha256,
        filename=name,
        size=staged.size,
        created_by=user,
    )
    with staged.path.open("rb") as stream:
        version.blob.save(name, _StagedFile(stream, staged.path), save=False)
    return version

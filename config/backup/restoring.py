"""Puts a backup into a blank home: checked first, then files, then the database, then everything made from them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from accounts import audit
from accounts.models import Erasure, User
from config.backup import databases, ledger, manifest
from config.backup.ledger import Erased
from config.backup.making import KEY
from config.backup.manifest import BackupError, Manifest
from config.backup.questions import Asked, ask_again
from knowledge import erasure, lexical, projection, snapshots
from knowledge.documents import delete_document, purge_deleted
from knowledge.models import Document
from knowledge.verification import Verification, verify

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """``erased`` documents and people of the backup were gone before and are gone again."""

    backup: Path
    files: int
    erased: int
    verification: Verification
    asked: list[Asked]


def choose(folder: Path) -> Path:
    """The backup that is meant: this folder itself, or the newest one in it. Raises BackupError."""
    if (folder / manifest.SEAL).is_file():
        return folder.resolve()
    found = manifest.backups(folder)
    if not found:
        raise BackupError(f"There is no complete backup in {folder}.")
    return found[0].resolve()


def check(backup: Path) -> Manifest:
    """The manifest of a backup that is whole. Raises BackupError with what is not."""
    read = manifest.read(backup)
    broken = list(manifest.damaged(backup, read))
    if broken:
        more = f" and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise BackupError(f"This backup is damaged and was not used: {'; '.join(broken[:_SHOWN])}{more}.")
    return read


def restore(folder: Path, say: Callable[[str], None], questions: int) -> Restored:
    """Restores into this home, which must be blank. Raises BackupError before anything is written, or saying what was.

    ``questions`` stored ones are asked again at the end.
    """
    backup = choose(folder)
    say(f"Checking {backup.name}")
    read = check(backup)
    _require_blank()
    if read.engine != databases.name():
        raise BackupError(f"This backup is of another kind of database ({read.engine}). Set DATABASE_URL accordingly.")
    _take_key(backup)
    say(f"Copying {len(read.files)} files")
    for file in read.files:
        _into_store(manifest.pooled(backup.parent, file.sha256), file.name)
    say("Restoring the database")
    databases.restore(backup / databases.name())
    call_command("migrate", verbosity=0, interactive=False)
    erased = erase_again(ledger.known(backup.parent), read.made_at)
    say("Making full text and index from the stored passages and vectors")
    lexical.rebuild()
    projection.forget_projection()
    snapshots.write(projection.get_projection().snapshot())
    erasure.finish()
    audit.record(None, "backup.restored", None, files=len(read.files), erased=erased)
    say("Verifying, and asking stored questions again")
    return Restored(backup, len(read.files), erased, verify(), ask_again(questions))


def _require_blank() -> None:
    stored = Path(default_storage.path(""))
    if not databases.is_empty():
        raise BackupError("This home already has a database, so nothing was restored. Name a blank one: FOOTNOTE_HOME.")
    if any(path.is_file() for path in stored.rglob("*")):
        raise BackupError(f"{stored} already has files in it, so nothing was restored. Name a blank home.")


def _take_key(backup: Path) -> None:
    """The restored trail was signed with its own key; this process and the home go on with it."""
    key = (backup / KEY).read_text()
    if key == settings.AUDIT_KEY:
        return
    kept = Path(settings.FOOTNOTE_HOME) / KEY
    if not kept.is_file():
        raise BackupError("FOOTNOTE_AUDIT_KEY is not the key that signed this backup's audit trail. Unset it.")
    kept.write_text(key)
    kept.chmod(0o600)
    settings.AUDIT_KEY = key


def _into_store(source: Path, name: str) -> None:
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def erase_again(gone: Iterable[Erased], made: datetime) -> int:
    """What was erased after the backup was made does not come back. Gives how many there were."""
    count = 0
    for one in sorted(gone, key=lambda row: row.at):
        if not one.before(made) and (_person_again(one) if one.kind == Erasure.Kind.PERSON else _document_again(one)):
            count += 1
    purge_deleted()
    return count


def _person_again(erased: Erased) -> bool:
    person = User.objects.filter(pk=int(erased.object_id)).first()
    if person is None or not erased.means(person.date_joined):
        return False
    person.delete()
    return True


def _document_again(erased: Erased) -> bool:
    document = Document.objects.filter(pk=uuid.UUID(erased.object_id)).first()
    if document is None:
        return False
    delete_document(document, None)
    # As if its time were over. Others that were deleted can still be brought back as long as they could before.
    over = timezone.now() - timedelta(days=settings.KEEP_DELETED_DAYS)
    Document.objects.filter(pk=document.pk).update(deleted=over)
    return True

"""Makes a backup while the site is in use: first the database, then the files that this copy of it names."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import audit
from config.backup import ageing, databases, ledger, manifest
from config.backup.manifest import BackupError, Manifest, StoredFile
from knowledge.holding import files_hold_still

KEY = "audit_key"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """``copied`` of ``manifest.files`` were not in the pool before."""

    path: Path
    manifest: Manifest
    copied: int


def make(folder: Path) -> Made:
    """Makes a backup in a folder, and removes what has expired there.

    Raises BackupError when the folder cannot be used, when the database is damaged or when a stored file is missing or
    not what was uploaded; then nothing is left that looks like a backup.
    """
    folder = _folder(folder)
    now = timezone.now()
    name = f"{manifest.stamp(now)}-{secrets.token_hex(2)}"
    writing = folder / f".writing-{name}"
    writing.mkdir(mode=0o700)
    try:
        with files_hold_still():
            database = writing / databases.name()
            files, counts = databases.copy(database)
            database.chmod(0o600)
            copied = sum(_into_pool(folder, file) for file in files)
        (writing / KEY).write_text(settings.AUDIT_KEY)
        (writing / KEY).chmod(0o600)
        parts = {path.name: manifest.digest(path) for path in sorted(writing.iterdir())}
        made = Manifest(now.isoformat(), database.name, parts, files, counts)
        manifest.write(made, writing)
        writing.rename(folder / name)
        _sync(folder)
    except OSError as error:
        raise BackupError(f"The backup could not be written to {folder}: {error.strerror}.") from error
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    ledger.note(folder)
    audit.record(None, "backup.made", None, files=len(files), copied=copied)
    if settings.KEEP_BACKUPS_DAYS:
        ageing.expire_in(folder, now - timedelta(days=settings.KEEP_BACKUPS_DAYS))
    return Made(folder / name, made, copied)


def note_erasures() -> None:
    """Tells the nightly backups' folder what is gone."""
    if settings.BACKUP_DIR is not None and settings.BACKUP_DIR.is_dir():
        ledger.note(settings.BACKUP_DIR)


def _folder(folder: Path) -> Path:
    folder, home = folder.resolve(), Path(settings.FOOTNOTE_HOME)
    if folder.is_relative_to(home):
        raise BackupError(f"{folder} lies in the home itself, so it would be lost with it. Name a folder elsewhere.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"{folder} cannot be used: {error.strerror}.") from error
    return folder


def _into_pool(folder: Path, file: StoredFile) -> bool:
    """Copies a file unless the pool has its bytes. True when it was copied."""
    target = manifest.pooled(folder, file.sha256)
    if target.is_file() and target.stat().st_size == file.size:
        os.utime(target)  # in use again: not to be cleared away before this backup names it
        return False
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    found = hashlib.sha256()
    try:
        with default_storage.open(file.name, "rb") as source, temporary.open("wb") as out:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if found.hexdigest() != file.sha256:
            raise BackupError(f"The stored file {file.name} is not what was uploaded. Run `manage.py verify`.")
        temporary.chmod(0o600)
        temporary.replace(target)
    except FileNotFoundError as error:
        raise BackupError(f"The stored file {file.name} is missing. Run `manage.py verify`.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

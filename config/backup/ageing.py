"""Backups go when their time is over, and with them the files that no other backup names."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.backup import manifest
from config.backup.manifest import BackupError

_YOUNG_SECONDS = 24 * 3600  # a backup that is being made puts its files into the pool before it names them


def expire(before: datetime) -> int:
    """Removes older backups from the nightly backups' folder, where there is one. Gives how many went."""
    folder = settings.BACKUP_DIR
    return expire_in(folder, before) if folder is not None and folder.is_dir() else 0


def expire_in(folder: Path, before: datetime) -> int:
    """Removes backups made before a moment; the newest one stays whatever its age. Gives how many went."""
    old = [backup for backup in manifest.backups(folder)[1:] if manifest.made_at(backup) < before]
    for backup in old:
        # Its seal goes first: what is half removed is no backup any more.
        (backup / manifest.SEAL).unlink()
        shutil.rmtree(backup)
    for half in folder.glob(".writing-*"):
        if time.time() - half.stat().st_mtime > _YOUNG_SECONDS:
            shutil.rmtree(half)
    if old:
        _empty_pool(folder)
    return len(old)


def _empty_pool(folder: Path) -> None:
    try:
        named = {file.sha256 for backup in manifest.sealed(folder) for file in manifest.read(backup).files}
    except BackupError:
        return  # one that cannot be read may still be mended, so its files stay
    for path in (folder / manifest.POOL).glob("*/*"):
        if path.name not in named and time.time() - path.stat().st_mtime > _YOUNG_SECONDS:
            path.unlink()

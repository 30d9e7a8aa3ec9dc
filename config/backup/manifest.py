"""What a backup says about itself, and whether it is still what was written."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from knowledge.errors import FootnoteError

FORMAT = 1
NAME = "manifest.json"
SEAL = "manifest.sha256"
POOL = "files"
_CHUNK = 1024 * 1024
_STAMP = "%Y-%m-%dT%H%M%SZ"
_NAMED = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{4}")
_MADE = re.compile(r'"made": "([^"]+)"')
_BEGINNING = 200  # characters


class BackupError(FootnoteError):
    """A backup cannot be made or used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the store: its name there, and its bytes in the pool."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """``parts`` maps files of the backup's own folder to their SHA-256; times are ISO 8601 in UTC."""

    made: str
    engine: str
    parts: dict[str, str]
    files: list[StoredFile]
    counts: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.made)


def pooled(folder: Path, sha256: str) -> Path:
    return folder / POOL / sha256[:2] / sha256


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def write(manifest: Manifest, backup: Path) -> None:
    """Writes the manifest and, beside it, its own checksum; synced."""
    text = json.dumps(asdict(manifest), indent=1)
    for name, content in ((NAME, text), (SEAL, hashlib.sha256(text.encode()).hexdigest())):
        with (backup / name).open("w") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


def read(backup: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError when it is missing, changed or of another format."""
    try:
        text = (backup / NAME).read_text()
        seal = (backup / SEAL).read_text().strip()
    except OSError as error:
        raise BackupError(f"{backup} is not a complete backup: {NAME} or its checksum cannot be read.") from error
    if hashlib.sha256(text.encode()).hexdigest() != seal:
        raise BackupError(f"{backup / NAME} is not what was written, so this backup is not used.")
    raw = json.loads(text)
    if raw.get("format") != FORMAT:
        raise BackupError(f"{backup} was written by another version of Footnote (format {raw.get('format')}).")
    return Manifest(**{**raw, "files": [StoredFile(**row) for row in raw["files"]]})


def damaged(backup: Path, manifest: Manifest) -> Iterator[str]:
    """Every file of a backup that is missing or not what was written, in words. Reads all of it."""
    for name, wanted in manifest.parts.items():
        yield from _compare(backup / name, wanted)
    for wanted in sorted({row.sha256 for row in manifest.files}):
        yield from _compare(pooled(backup.parent, wanted), wanted)


def _compare(path: Path, wanted: str) -> Iterator[str]:
    if not path.is_file():
        yield f"{path} is missing"
    elif digest(path) != wanted:
        yield f"{path} is not what was written"


def backups(folder: Path) -> list[Path]:
    """The complete backups in a folder, newest first. One that somebody copied or renamed is not among them, so that it
    is not taken for the newest and does not go; it can still be named for a restore."""
    found = [path for path in sealed(folder) if _NAMED.fullmatch(path.name)]
    return sorted(found, key=lambda path: (made_at(path), path.name), reverse=True)


def sealed(folder: Path) -> list[Path]:
    """Every complete backup, whatever it is called now."""
    return [path.parent for path in folder.glob(f"*/{SEAL}") if not path.parent.name.startswith(".")]


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_STAMP)


def made_at(backup: Path) -> datetime:
    """When a backup was made, by the beginning of its manifest, for the list of files behind it can be long; by its
    name when that cannot be read."""
    try:
        with (backup / NAME).open() as stream:
            found = _MADE.search(stream.read(_BEGINNING))
        if found:
            return datetime.fromisoformat(found[1])
    except (OSError, ValueError):
        pass
    return datetime.strptime(backup.name[:18], _STAMP).replace(tzinfo=UTC)

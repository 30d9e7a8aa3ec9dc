"""What was erased, kept beside the backups: a restore must not bring back what somebody asked to be gone."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db.models import Q

from accounts.models import Erasure

_NAME = "erased.json"


def known(folder: Path) -> set[tuple[str, str]]:
    """(kind, id) of everything that was erased, as far as this folder was told."""
    path = folder / _NAME
    return {(row[0], row[1]) for row in json.loads(path.read_text())} if path.is_file() else set()


def note(folder: Path) -> None:
    """Adds what this installation deleted; ids only."""
    before = known(folder)
    # A document that can still be brought back is not gone: it has its rows, and nothing remains to be removed.
    gone = Erasure.objects.filter(~Q(remains={}) | Q(erased__isnull=False) | Q(kind=Erasure.Kind.PERSON))
    now = before | set(gone.values_list("kind", "object_id"))
    if now == before:
        return
    temporary = folder / f".{_NAME}.{os.getpid()}"
    temporary.write_text(json.dumps(sorted(now), indent=0))
    temporary.chmod(0o600)
    temporary.replace(folder / _NAME)

"""What people call their files: a label that is safe to show. It is never a path on our disk. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ingest.parsers.cleaning import clean_line

LONGEST = 400
_SEPARATORS = re.compile(r"[\\/]+")
_DRIVE = re.compile(r"^[A-Za-z]:")


def clean_name(name: str) -> str:
    """Folders and file name joined by "/", without anything invisible or climbing; "" when nothing is left.

    A name that is too long loses its outer folders first, then the end of its stem.
    """
    parts = [clean_line(part, len(part)) for part in _SEPARATORS.split(_DRIVE.sub("", name.replace("\n", " ")))]
    parts = [part for part in parts if part.strip(". ")]
    while len(parts) > 1 and len("/".join(parts)) > LONGEST:
        parts = parts[1:]
    if not parts:
        return ""
    suffix = PurePosixPath(parts[-1]).suffix[:20]
    if len(parts[-1]) > LONGEST:
        parts[-1] = parts[-1][: LONGEST - len(suffix)] + suffix
    return "/".join(parts)


def title_from(name: str) -> str:
    """A title to begin with: the file's name in words."""
    stem = PurePosixPath(name).stem
    words = " ".join(re.sub(r"[_-]+", " ", stem).split()) if " " not in stem else stem
    return words[:1].upper() + words[1:] or name

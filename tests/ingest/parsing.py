"""What the parsers make of bytes, in this process: the tests of the sandbox read in a child."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ingest.parsers import read_file
from ingest.parsers.base import ParsedPage


def pages_of(data: bytes | str, name: str) -> list[ParsedPage]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blob"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        _, *pages = read_file(str(path), name)
    return [ParsedPage.from_json(page) for page in pages]


def text_of(data: bytes | str, name: str) -> str:
    return "\n\n".join(page.text for page in pages_of(data, name))

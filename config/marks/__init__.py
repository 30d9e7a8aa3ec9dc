"""Marked words against the words themselves: whether the boxes that a footnote draws lie on exactly its words.

The product, in a home that is thrown away, reads each PDF by its own ingest and gives the boxes of random sentences of
what it stored; a witness that shares nothing with it but the letters' comparison reads the file under those boxes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.benchmarking.programs import Program, run_command
from config.marks.witness import Witness, same_letters

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that was not marked exactly; ``seen`` is what lies under its boxes, ``notice`` what the page says."""

    page: int
    words: str
    seen: str
    notice: str


@dataclass(slots=True)
class FileMarks:
    """How the sentences of one file fared. ``unplaced`` ones have no box; the page shows them as text and says so."""

    name: str
    sentences: int = 0
    exact: int = 0
    wrong: int = 0
    unplaced: int = 0
    refused: str = ""
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(folder: Path, sentences: int, seed: int) -> Iterator[FileMarks]:
    """Each PDF under a folder. Raises BenchmarkFailed when the product does not run."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())
    with tempfile.TemporaryDirectory(prefix="footnote-marks-") as made:
        home = Path(made)
        run_command(home, "migrate", "-v0")
        with Program.of_module("config.marks.product", home) as product:
            for path in files:
                said = product.ask("mark", path=str(path), sentences=sentences, seed=f"{seed}/{path.name}")
                yield _compare(path, str(path.relative_to(folder)), said)


def _compare(path: Path, name: str, said: dict[str, Any]) -> FileMarks:
    row = FileMarks(name, refused=said["refused"])
    if row.refused:
        return row
    with Witness(path) as witness:
        for sentence in said["sentences"]:
            row.sentences += 1
            boxes, words = sentence["boxes"], sentence["words"]
            seen = witness.words_under(sentence["page"], boxes) if boxes else ""
            if boxes and same_letters(seen, words):
                row.exact += 1
                continue
            row.wrong += bool(boxes)
            row.unplaced += not boxes
            row.misses.append(Miss(sentence["page"], words[:_SHOWN], seen[:_SHOWN], sentence["notice"]))
    return row

"""Every file of a folder goes the whole way of an upload, in a home that is thrown away: what a clerk would read
about each, how long it took, and how much memory the child that read it held.

The work is done by a process of its own, so that one that dies or never answers is a row of the table and not the
end of it.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from config.benchmarking.programs import BenchmarkFailed, Program, run_command
from ingest.batches import find_files

CRASHED = "The process that does the work died over this file."
HUNG = "There was no answer, and the process was ended."


@dataclass(frozen=True, slots=True)
class Tried:
    """One file. ``state`` is ready, failed, crashed or hung; ``sentence`` says why it is not ready; ``peak_mb`` is the
    reading child's memory, what it shares with others included.
    """

    path: str
    state: str
    sentence: str = ""
    pages: int = 0
    passages: int = 0
    seconds: float = 0.0
    peak_mb: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Trial:
    """A context manager: at its end home and process are gone."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience = patience_seconds
        self._place = tempfile.TemporaryDirectory(prefix="footnote-trial-")
        self._home = Path(self._place.name)
        self._program: Program | None = None

    def __enter__(self) -> Self:
        run_command(self._home, "migrate", "-v0")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._place.cleanup()

    def files(self, folder: Path) -> Iterator[Tried]:
        """Raises BenchmarkFailed when not even a good file can be read."""
        for file, name in find_files([str(folder)]):
            yield self._try(file, name)

    def _try(self, file: Path, name: str) -> Tried:
        program = self._running()
        hung = threading.Event()

        def end() -> None:
            hung.set()
            program.kill()

        watch = threading.Timer(self._patience, end)
        watch.start()
        try:
            return Tried(name, **program.ask("read", path=str(file), name=name))
        except BenchmarkFailed:
            self._stop()
            if hung.is_set():
                return Tried(name, "hung", HUNG, seconds=self._patience)
            return Tried(name, "crashed", CRASHED)
        finally:
            watch.cancel()

    def _running(self) -> Program:
        if self._program is None:
            self._program = Program.of_module("config.trial.reading", self._home, str(self._home))
            self._program.ask("warm_up")
        return self._program

    def _stop(self) -> None:
        if self._program is not None:
            self._program.close()
            self._program = None


def summary(rows: list[Tried]) -> dict[str, Any]:
    """Counts, the sentences with how often each was said, and the worst of each kind."""
    sentences: dict[str, int] = {}
    for row in rows:
        if row.sentence:
            sentences[row.sentence] = sentences.get(row.sentence, 0) + 1
    return {
        "files": len(rows),
        **{state: sum(row.state == state for row in rows) for state in ("ready", "failed", "crashed", "hung")},
        "slowest": _worst(rows, lambda row: row.seconds),
        "largest": _worst(rows, lambda row: row.peak_mb),
        "sentences": dict(sorted(sentences.items(), key=lambda item: -item[1])),
    }


def _worst(rows: list[Tried], figure: Callable[[Tried], float]) -> dict[str, Any]:
    return max(rows, key=figure).as_json()

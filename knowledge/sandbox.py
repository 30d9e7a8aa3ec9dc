"""Work on files that strangers made, in a child process that may die without harm.

``run_in_child("package.module:function", …)`` runs a function in a process of its own, forked from a clean
interpreter that never saw a file (``sandbox_child``): no Django, an environment of a few harmless variables (so
no secret is inherited), its own empty folder to work in, and limits on memory, CPU time, the size of written
files and open files. A network is neither given nor taken away: what runs in here must not use one (the parsers
never do), and an installation that wants proof runs the workers without a route to outside.

Parent and child speak JSON, a line a message: ``yielded`` (as often as a generator target yields, delivered
at once) and last ``returned`` or ``unreadable``. Everything else the child prints goes to a bounded buffer,
of which only the outline of a traceback is logged: file, line and class of error, never text from a
document.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.errors import FootnoteError, TransientError, UnreadableDocument
from knowledge.forking import Child, fork_child

logger = logging.getLogger("footnote.sandbox")

WRITTEN_FILE_BYTES = 256 * 1024 * 1024
OPEN_FILES = 128
_STDERR_KEPT = 16 * 1024
_POLL_SECONDS = 0.1

TOO_SLOW = "Reading this file took longer than allowed, so it was stopped. Split it and upload the parts."
TOO_LARGE = "Reading this file needed more memory than allowed, so it was stopped. Split it and upload the parts."
DAMAGED = "This file is damaged and cannot be read. Open it in its own program, save it again and upload the new file."

LOST = "The process that reads files was stopped. This is tried again by itself."


class ChildStopped(FootnoteError):
    """``should_stop`` said so, and the child was killed."""


@dataclass(slots=True)
class _Conversation:
    """What the child said so far."""

    answer: dict[str, Any] | None = None
    stderr: bytearray = field(default_factory=bytearray)
    pending: bytearray = field(default_factory=bytearray)

    def lines(self, data: bytes) -> Iterator[bytes]:
        """Complete lines, each removed before it is handed out."""
        self.pending += data
        while (end := self.pending.find(b"\n")) >= 0:
            line = bytes(self.pending[:end])
            del self.pending[: end + 1]
            yield line


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: bytes of address space, seconds of processor time, seconds by the clock."""

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float


class Work:
    """One call in a child that has begun and goes on by itself until its pipe is full; ``result`` listens to it.

    A context manager: at its end the child is gone, with all it started and the folder it worked in.
    """

    def __init__(
        self, target: str, *args: Any, limits: Limits, workplace: Path | None = None, ahead: str | None = None
    ) -> None:
        """``ahead`` is a module to import once for all children, when the target's own module is not enough."""
        self.target = target
        self._limits = limits
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-", dir=workplace))
            self._child = fork_child(ahead or target.partition(":")[0])
            stack.callback(self._child.end)
            order = {
                **{"target": target, "args": args, "folder": folder},
                **{"memory": limits.memory_bytes, "cpu": limits.cpu_seconds},
            }
            self._child.give(json.dumps(order).encode() + b"\n")
            self._ending = stack.pop_all()

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        self._ending.close()

    @property
    def peak_bytes(self) -> int:
        """The most memory the child held; 0 until it has ended."""
        return self._child.peak_bytes

    def result(
        self, on_progress: Callable[[Any], None] | None = None, should_stop: Callable[[], bool] | None = None
    ) -> Any:
        """What the target returns; see ``run_in_child``. The clock runs from here on, not from when it began."""
        said = _converse(self._child, time.monotonic() + self._limits.wall_seconds, on_progress, should_stop)
        if said.answer is None:
            raise _cause_of_death(self.target, self._child.status, bytes(said.stderr))
        if "unreadable" in said.answer:
            raise UnreadableDocument(*said.answer["unreadable"])
        return said.answer["returned"]


def run_in_child(
    target: str,
    *args: Any,
    memory_bytes: int,
    cpu_seconds: int,
    wall_seconds: float,
    on_progress: Callable[[Any], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workplace: Path | None = None,
) -> Any:
    """What ``target`` ("module:function", arguments and results as JSON knows them) returns.

    When it is a generator, each yielded value reaches ``on_progress`` as it comes, and a slow receiver slows
    the child down. ``should_stop`` is asked several times a second. Raises UnreadableDocument (its own, or
    ``too_slow``, ``too_large``, ``damaged`` when the child died), ChildStopped, TransientError when no child can
    be had, and whatever the two callbacks raise; the child is gone in every case, with the folder in
    ``workplace`` it worked in.
    """
    with Work(target, *args, limits=Limits(memory_bytes, cpu_seconds, wall_seconds), workplace=workplace) as work:
        return work.result(on_progress, should_stop)


def _converse(
    child: Child,
    deadline: float,
    on_progress: Callable[[Any], None] | None,
    should_stop: Callable[[], bool] | None,
) -> _Conversation:
    said = _Conversation()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        selector.register(child.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(_POLL_SECONDS):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fd == child.stderr:
                    said.stderr = (said.stderr + data)[-_STDERR_KEPT:]
                else:
                    _listen(said, data, on_progress)
            if should_stop is not None and should_stop():
                raise ChildStopped("The work was stopped.")
            if time.monotonic() > deadline:
                raise UnreadableDocument("too_slow", TOO_SLOW)
    child.wait()
    return said


def _listen(said: _Conversation, data: bytes, on_progress: Callable[[Any], None] | None) -> None:
    for line in said.lines(data):
        message = json.loads(line)
        if "yielded" not in message:
            said.answer = message
        elif on_progress is not None:
            on_progress(message["yielded"])


def _cause_of_death(target: str, status: int | None, stderr: bytes) -> FootnoteError:
    text = stderr.decode(errors="replace")
    if status is None:
        # Not the file's doing: the process that children are forked from was killed, and they with it.
        logger.warning("child lost target=%s", target)
        return TransientError(LOST)
    memory = "MemoryError" in text or "bad_alloc" in text or status == -signal.SIGKILL
    if status == -signal.SIGXCPU:
        error = UnreadableDocument("too_slow", TOO_SLOW)
    elif memory:
        error = UnreadableDocument("too_large", TOO_LARGE)
    else:
        error = UnreadableDocument("damaged", DAMAGED)
    logger.warning("child died target=%s status=%s code=%s at=%s", target, status, error.code, _outline(text))
    return error


def _outline(stderr: str) -> str:
    """Where it broke: the last places of a traceback and the class of the error, without its message."""
    lines = stderr.splitlines()
    places = [line.strip() for line in lines if line.startswith('  File "')]
    last = next((line for line in reversed(lines) if line and not line.startswith(" ")), "")
    name = last.split(":")[0]
    return " < ".join([name if name.replace(".", "").isidentifier() else "", *reversed(places[-3:])])

"""Work on files that strangers made, in a child process that may die without harm.

``run_in_child("package.module:function", …)`` runs a function in a fresh interpreter: no Django, an
environment of three variables (so no secret is inherited), its own empty folder to work in, and limits on
memory, CPU time, the size of written files and open files. A network is neither given nor taken away: what
runs in here must not use one (the parsers never do), and an installation that wants proof runs the workers
without a route to outside.

Parent and child speak JSON, a line a message: ``yielded`` (as often as a generator target yields, delivered
at once) and last ``returned`` or ``unreadable``. Everything else the child prints goes to a bounded buffer,
of which only the outline of a traceback is logged: file, line and class of error, never text from a
document.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import inspect
import json
import logging
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from knowledge.errors import FootnoteError, UnreadableDocument

logger = logging.getLogger("footnote.sandbox")

WRITTEN_FILE_BYTES = 256 * 1024 * 1024
OPEN_FILES = 128
_STDERR_KEPT = 16 * 1024
_POLL_SECONDS = 0.1
_ROOT = Path(__file__).resolve().parent.parent

TOO_SLOW = "Reading this file took longer than allowed, so it was stopped. Split it and upload the parts."
TOO_LARGE = "Reading this file needed more memory than allowed, so it was stopped. Split it and upload the parts."
DAMAGED = "This file is damaged and cannot be read. Open it in its own program, save it again and upload the new file."


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
    ``too_slow``, ``too_large``, ``damaged`` when the child died), ChildStopped, and whatever the two
    callbacks raise; the child is gone in every case, with the folder in ``workplace`` it worked in.
    """
    with tempfile.TemporaryDirectory(prefix="footnote-", dir=workplace) as folder:
        child = _start(folder)
        try:
            order = {"target": target, "args": args, "memory": memory_bytes, "cpu": cpu_seconds}
            said = _converse(child, order, time.monotonic() + wall_seconds, on_progress, should_stop)
        finally:
            _end(child)
    if said.answer is None:
        raise _cause_of_death(target, child.returncode, bytes(said.stderr))
    if "unreadable" in said.answer:
        raise UnreadableDocument(*said.answer["unreadable"])
    return said.answer["returned"]


def _start(folder: str) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        # Libraries for arithmetic reserve address space per thread, and the limit counts it.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "knowledge.sandbox", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment,
        start_new_session=True,
        bufsize=0,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kills the child with all it started; it is waited for, so that no dead process stays behind."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()


def _converse(
    child: subprocess.Popen[bytes],
    order: dict[str, Any],
    deadline: float,
    on_progress: Callable[[Any], None] | None,
    should_stop: Callable[[], bool] | None,
) -> _Conversation:
    said = _Conversation()
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise TypeError("the child was started without pipes")
    with contextlib.suppress(BrokenPipeError):  # a child that is already dead says so below
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.close()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        selector.register(child.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(_POLL_SECONDS):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
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


def _cause_of_death(target: str, status: int | None, stderr: bytes) -> UnreadableDocument:
    text = stderr.decode(errors="replace")
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


# --- the child
# ------------------------------------------------------------------------------------------------------
def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The soft limit kills with SIGXCPU, which tells the parent why; the hard one with SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_FILE_BYTES, WRITTEN_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def _die_with(parent: int) -> None:
    """Asks the kernel (Linux) to kill this process when its parent dies, so that no reader outlives its worker."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _work(order: dict[str, Any], out: IO[bytes]) -> None:
    def say(kind: str, value: Any) -> None:
        out.write(json.dumps({kind: value}).encode() + b"\n")
        out.flush()

    module, _, name = order["target"].partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(*order["args"])
        if inspect.isgenerator(result):
            while True:
                try:
                    say("yielded", next(result))
                except StopIteration as end:
                    result = end.value
                    break
        say("returned", result)
    except UnreadableDocument as error:
        say("unreadable", [error.code, str(error)])
    except MemoryError:
        say("unreadable", ["too_large", TOO_LARGE])


def _main() -> None:
    _die_with(int(sys.argv[1]))
    order = json.loads(sys.stdin.buffer.readline())
    # What libraries print must not mix with the messages: standard output becomes standard error.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        _limit(order["memory"], order["cpu"])
        _work(order, out)
        out.flush()
        # At once: nothing is left to do, and tearing down large libraries takes time and may crash.
        os._exit(0)


if __name__ == "__main__":
    _main()

"""The owner's side of the template that sandbox children are forked from (``sandbox_child``).

A process has one template for each module that is imported ahead, started when it is first needed, and started
again should it ever die.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.errors import TransientError

_ROOT = Path(__file__).resolve().parent.parent
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "PYTHONPATH": str(_ROOT),
    "PYTHONUTF8": "1",
    # Libraries for arithmetic start threads, which a fork would lose, and reserve address space for each.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
NOT_STARTED = "The process that reads files could not be started. This is tried again by itself."


@dataclass(slots=True)
class Child:
    """A forked child: where it reads its order from, where it answers, and the leash it is killed by."""

    stdin: int
    stdout: int
    stderr: int
    leash: socket.socket
    status: int | None = None  # exit code, negative for a signal; None when unknown
    peak_bytes: int = 0  # the most memory it held, what it shares with its template included; known after ``end``
    _ended: bool = False

    def give(self, order: bytes) -> None:
        """Writes the order, once. A child that is already dead says so when it is listened to."""
        with contextlib.suppress(BrokenPipeError), os.fdopen(self.stdin, "wb") as stream:
            self.stdin = -1
            stream.write(order)

    def wait(self) -> None:
        """Until the child has ended by itself."""
        text = b"".join(iter(lambda: self.leash.recv(64), b""))
        if text:  # otherwise the template died with the child
            status, kilobytes = text.split()
            self.status, self.peak_bytes = int(status), int(kilobytes) * _MAXRSS_UNIT

    def end(self) -> None:
        """Kills the child with all it started, if it is still there, and waits until it is gone."""
        if self._ended:
            return
        self._ended = True
        with contextlib.suppress(OSError):
            self.leash.shutdown(socket.SHUT_WR)
        if self.status is None:
            self.wait()
        self.leash.close()
        for descriptor in (self.stdin, self.stdout, self.stderr):
            if descriptor >= 0:
                os.close(descriptor)


@dataclass(slots=True)
class _Template:
    control: socket.socket
    process: subprocess.Popen[bytes]

    def fork(self) -> Child:
        """Raises OSError when the template is dead."""
        stdin, stdout, stderr = os.pipe(), os.pipe(), os.pipe()
        ours, theirs = socket.socketpair()
        handed_over = [stdin[0], stdout[1], stderr[1], theirs.fileno()]
        child = Child(stdin[1], stdout[0], stderr[0], ours)
        try:
            socket.send_fds(self.control, [b"."], handed_over)
        except OSError:
            theirs.close()
            child.end()
            raise
        finally:
            for descriptor in handed_over[:3]:
                os.close(descriptor)
        theirs.close()
        return child

    def close(self) -> None:
        self.control.close()
        self.process.wait()


def _start(ahead: str) -> _Template:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "knowledge.sandbox_child", str(theirs.fileno()), ahead],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=_ENVIRONMENT,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return _Template(ours, process)


@dataclass(slots=True)
class _Templates:
    """Those of one process: a process that was forked itself must not speak on its parent's sockets."""

    owner: int = field(default_factory=os.getpid)
    running: dict[str, _Template] = field(default_factory=dict)


_lock = threading.Lock()
_templates = _Templates()


def fork_child(ahead: str) -> Child:
    """A child of the template that imported the module ``ahead``. Raises TransientError when none can be had."""
    global _templates
    with _lock:
        if _templates.owner != os.getpid():
            _templates = _Templates()
        running = _templates.running
        for _ in range(2):
            if ahead not in running:
                running[ahead] = _start(ahead)
            try:
                return running[ahead].fork()
            except OSError:
                running.pop(ahead).close()
    raise TransientError(NOT_STARTED)

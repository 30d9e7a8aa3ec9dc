"""The program on the other side of ``sandbox.run_in_child``: a template that forks one child for each file.

The template is a clean interpreter that has imported what its children need and does nothing else: it never
opens a file of a stranger and starts no threads, so a fork of it costs milliseconds and is as good as new.
Each child gets its order, its limits and its folder, does one piece of work, and ends.

A socket, the leash, ties each child to the one who asked for it: when that side hangs up, the child is killed;
when the child has ended, its exit status and the most memory it held are the leash's only message. When the
template's own socket closes, because its owner ended or was killed, it ends too, and its children die with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import inspect
import json
import os
import resource
import selectors
import signal
import socket
import sys
import tempfile
import traceback
from typing import IO, Any, NoReturn

from knowledge.errors import UnreadableDocument
from knowledge.priority import stand_back
from knowledge.sandbox import OPEN_FILES, TOO_LARGE, WRITTEN_FILE_BYTES

HANDED_OVER = 4  # file descriptors that come with each order: input, output, errors, leash
_PR_SET_PDEATHSIG = 1


class Template:
    """Waits for orders, hang-ups and deaths."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._leashes: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._wake, waker = os.pipe()
        for end in (self._wake, waker):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Until the owner's side of the control socket closes."""
        self._selector.register(self._control, selectors.EVENT_READ, self._fork)
        self._selector.register(self._wake, selectors.EVENT_READ, self._reap)
        while True:
            for key, _ in self._selector.select():
                if key.data(key.fd) is False:
                    return

    def _fork(self, _: int) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, HANDED_OVER)
        if not message:
            return False
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_a_child(descriptors[:3], parent)
        # Both sides do this, so that the group is there whoever needs it first.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)
        for descriptor in descriptors[:3]:
            os.close(descriptor)
        leash = self._leashes[pid] = socket.socket(fileno=descriptors[3])
        self._selector.register(leash, selectors.EVENT_READ, lambda _: self._hung_up(pid))
        return True

    def _hung_up(self, pid: int) -> None:
        self._selector.unregister(self._leashes[pid])
        # Not waited for yet, so its number cannot belong to anybody else.
        os.killpg(pid, signal.SIGKILL)

    def _reap(self, _: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        for pid in list(self._leashes):
            ended, status, used = os.wait4(pid, os.WNOHANG)
            if ended:
                leash = self._leashes.pop(pid)
                with contextlib.suppress(KeyError):
                    self._selector.unregister(leash)
                with contextlib.suppress(OSError):
                    leash.sendall(f"{os.waitstatus_to_exitcode(status)} {used.ru_maxrss}".encode())
                leash.close()


def _be_a_child(descriptors: list[int], template: int) -> NoReturn:
    """Does one order and ends the process."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    _die_with(template)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, 65536 if highest == resource.RLIM_INFINITY else highest)
    with _End():
        _do_one_order()
    raise AssertionError("the process has ended")


class _End:
    """Ends the process at once, well or with the traceback of what went wrong: tearing down large libraries takes
    time, may crash, and may wait for ever for a thread that the fork left behind.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, place: object) -> NoReturn:
        try:
            if error is not None:
                traceback.print_exception(error)
                sys.stderr.flush()
        finally:
            os._exit(0 if error is None else 1)


def _die_with(parent: int) -> None:
    """Asks the kernel (Linux) to kill this process when its parent dies, so that no reader outlives its worker."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _do_one_order() -> None:
    with os.fdopen(0, "rb", closefd=False) as lines:
        order = json.loads(lines.readline())
    # What libraries print must not mix with the messages: standard output becomes standard error.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = order["folder"]
        os.chdir(order["folder"])
        _limit(order["memory"], order["cpu"])
        _work(order, out)
        out.flush()


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The soft limit kills with SIGXCPU, which tells the parent why; the hard one with SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_FILE_BYTES, WRITTEN_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


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


def main() -> None:
    """``python -m knowledge.sandbox_child FD MODULE``: the control socket and what to import ahead."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    stand_back()  # as its owner does: this session is a new one
    importlib.import_module(sys.argv[2])
    # What is there now stays: a collection in a child would only copy the pages it shares with the template.
    gc.collect()
    gc.freeze()
    Template(control).serve()


if __name__ == "__main__":
    main()

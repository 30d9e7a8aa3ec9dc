"""Child processes that end when they should: each in a process group of its own, its output in a log file."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from knowledge.priority import stand_back

GRACE_SECONDS = 6.0
_LOG_BYTES = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


def _ends_with_parent(parent: int, nice: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if nice:
            stand_back(nice)
        if libc is not None:
            # Even when this process is killed outright, the kernel then asks the child to end.
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def start_child(
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    nice: int = 0,
    inherited: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts a command in its own process group, appending its output to ``log``. Call it from the main thread.

    ``inherited`` are the descriptors that it shares with this process.
    """
    keep_short(log)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            start_new_session=True,
            pass_fds=tuple(inherited),
            preexec_fn=_ends_with_parent(os.getpid(), nice),
        )


def keep_short(log: Path) -> None:
    """Sets a long log aside, one before it is forgotten. The program that writes it holds the file open and appends, so
    the file stays and its content is moved; what is written in that instant may be lost."""
    if not log.exists() or log.stat().st_size <= _LOG_BYTES:
        return
    aside = log.with_suffix(".1.log")
    try:
        shutil.copyfile(log, aside)
    except OSError:
        aside.unlink(missing_ok=True)  # no room for it: the log stays as it is until there is
        return
    os.truncate(log, 0)


def stop_child(process: subprocess.Popen[bytes], grace: float = GRACE_SECONDS) -> None:
    """Asks a child to end, waits, and kills what is left of its process group."""
    stop_children([process], grace)


def stop_children(processes: Sequence[subprocess.Popen[bytes]], grace: float = GRACE_SECONDS) -> None:
    """Ends several children at once: all are asked, then waited for together, then killed."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + grace
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
    for process in processes:
        _kill_group(process.pid)
        process.wait()


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all of it has ended; a process id that is in use again belongs to somebody else

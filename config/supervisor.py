"""Keeps the processes of one installation running: starts them, starts again what dies, ends all of them together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.broker import BrokerFailed, EmbeddedValkey, answers
from config.processes import keep_short, start_child, stop_child, stop_children

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_STEADY_SECONDS = 60.0
# Longer than the longest stretch of work without a sign of life, such as saving a book or writing a large snapshot.
SILENT_SECONDS = 300.0


class Service(Protocol):
    """One part of the installation."""

    @property
    def name(self) -> str: ...

    @property
    def log(self) -> Path:
        """Where its output goes."""

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The child, when there is one and this installation started it."""

    def start(self) -> None: ...

    def alive(self) -> bool: ...


@dataclass(slots=True)
class Program:
    """A command that runs until it is told to end."""

    name: str
    command: Sequence[str]
    log: Path
    cwd: Path
    env: dict[str, str]
    nice: int = 0
    pulse: Path | None = None  # a file that the program touches as long as it lives
    inherited: Sequence[int] = ()  # descriptors that stay open in it
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        if self.process is not None:
            stop_child(self.process)  # what a dead child left behind in its group
        self.started = time.time()
        self.process = start_child(
            self.command, self.log, cwd=self.cwd, env=self.env, nice=self.nice, inherited=self.inherited
        )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None and not self._silent()

    def _silent(self) -> bool:
        if self.pulse is None:
            return False
        shown = self.pulse.stat().st_mtime if self.pulse.exists() else 0.0
        return time.time() - max(self.started, shown) > SILENT_SECONDS


@dataclass(slots=True)
class Broker:
    """The embedded broker; one of this home that runs already is used and left running."""

    valkey: EmbeddedValkey
    name: str = "broker"

    @property
    def log(self) -> Path:
        return self.valkey.log

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self.valkey.process

    def start(self) -> None:
        self.valkey.start()

    def alive(self) -> bool:
        process = self.valkey.process
        return process.poll() is None if process is not None else answers(self.valkey.socket)


@dataclass(slots=True)
class _Watched:
    service: Service
    started: float = 0.0
    pause: float = _FIRST_PAUSE
    due: float | None = None  # when a dead one is started again


@dataclass(slots=True)
class Supervisor:
    """Holds services in the order they need each other."""

    tell: Callable[[str], None]
    _watched: list[_Watched] = field(default_factory=list)

    def start(self, service: Service) -> None:
        self._watched.append(_Watched(service, started=time.monotonic()))
        service.start()

    def watch(self) -> None:
        """Looks at every service once; starts again what died, waiting longer each time it dies soon, and keeps the
        logs of those that live for months short."""
        for watched in self._watched:
            keep_short(watched.service.log)
            now = time.monotonic()
            if watched.due is None:
                if watched.service.alive():
                    continue
                if now - watched.started > _STEADY_SECONDS:
                    watched.pause = _FIRST_PAUSE
                self.tell(f"The {watched.service.name} ended or fell silent; it starts again in {watched.pause:.0f} s.")
                watched.due = now + watched.pause
                watched.pause = min(2 * watched.pause, _LONGEST_PAUSE)
            elif now >= watched.due:
                self._again(watched)

    def _again(self, watched: _Watched) -> None:
        try:
            watched.service.start()
        except BrokerFailed as error:
            self.tell(str(error))
        watched.started, watched.due = time.monotonic(), None

    def stop(self) -> None:
        """Ends everything this supervisor started: what uses the broker first, the broker last."""
        brokers = [w.service.process for w in self._watched if isinstance(w.service, Broker) and w.service.process]
        others = [w.service.process for w in self._watched if not isinstance(w.service, Broker) and w.service.process]
        stop_children(others)
        stop_children(brokers)

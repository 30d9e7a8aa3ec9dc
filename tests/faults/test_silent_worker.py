"""Acceptance 33, the last resort: a worker that is there and does nothing is started again by the supervisor."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config import supervisor as supervision
from config.installation import workers
from config.processes import stop_child
from config.supervisor import Program, Supervisor

SHOWS_LIFE_FOR_A_WHILE = """
import pathlib, sys, time
for _ in range(int(sys.argv[2])):
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(0.05)
time.sleep(3600)
"""
SECONDS = 60


def until(what: Callable[[], bool], watcher: Supervisor) -> None:
    deadline = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < deadline
        watcher.watch()
        time.sleep(0.05)


def test_who_falls_silent_is_started_again_and_who_shows_life_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "SILENT_SECONDS", 3.0)
    said: list[str] = []
    watcher = Supervisor(said.append)
    programs = []
    for name, times in (("silent", 5), ("lively", 10_000)):
        pulse = tmp_path / f"{name}.pulse"
        command = [sys.executable, "-c", SHOWS_LIFE_FOR_A_WHILE, str(pulse), str(times)]
        programs.append(Program(name, command, tmp_path / f"{name}.log", tmp_path, {}, pulse=pulse))
        watcher.start(programs[-1])
    silent, lively = programs
    first, living = silent.process, lively.process
    assert first and living
    try:
        until(lambda: silent.process is not first, watcher)
        assert first.poll() is not None, "the silent one was ended"
        assert lively.process is living and living.poll() is None
        assert said == ["The silent ended or fell silent; it starts again in 1 s."]
    finally:
        for program in programs:
            assert program.process
            stop_child(program.process, grace=0.1)


def test_both_workers_of_an_installation_are_watched() -> None:
    for program in workers():
        assert program.pulse is not None
        assert program.env["FOOTNOTE_PULSE"] == str(program.pulse)

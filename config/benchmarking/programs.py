"""Processes that are measured: each does what it is told, one line of JSON at a time, and says what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings

from knowledge.errors import FootnoteError

_SAID = 2000


class BenchmarkFailed(FootnoteError):
    """A step of the benchmark did not run; the message holds what it said."""


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "FOOTNOTE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def run_command(home: Path, *command: str) -> None:
    """A command of this installation in another home."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkFailed(f"`manage.py {command[0]}` failed:\n{done.stderr[-_SAID:]}")


class Program:
    """A program that answers. A context manager, which ends it."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self._name = Path(command[-2]).name
        self._errors = (home / f"{self._name}.errors").open("w+")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(home),
            cwd=settings.BASE_DIR,
            text=True,
        )

    @classmethod
    def of_module(cls, module: str, home: Path, *arguments: str) -> Program:
        return cls([sys.executable, "-m", module, *arguments, *([] if arguments else [""])], home)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._process as process:
            process.terminate()
        self._errors.close()

    def kill(self) -> None:
        """At once; who waits for its answer is told that it died."""
        self._process.kill()

    def ask(self, what: str, **values: Any) -> dict[str, Any]:
        """The program's answer. Raises BenchmarkFailed with the end of its errors when it died."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise TypeError("the program was started without pipes")
        try:
            stdin.write(json.dumps({"what": what, **values}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            line = ""
        else:
            line = stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise BenchmarkFailed(f"{self._name} failed:\n{self._errors.read()[-_SAID:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def serve(doings: Mapping[str, Callable[..., dict[str, Any]]]) -> None:
    """The other side: does what each line of standard input names, until there is no more."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not mix with the answers
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(doings[order.pop("what")](**order)) + "\n")
        answers.flush()


def p50(work: Callable[[str], object], questions: Sequence[str]) -> float:
    """Milliseconds for one question; the first few are not counted."""
    for question in questions[:5]:
        work(question)
    taken = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        taken.append((time.perf_counter() - started) * 1000)
    return round(median(taken), 2)

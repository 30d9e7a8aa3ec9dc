"""New documents, batch after batch, for as long as a load test runs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from config.load.names import COLLECTION, CURATOR

_ITEMS = 60


class Indexing:
    """Within ``with``, folders of ``batch`` documents that nobody has seen are taken in, ``pause`` seconds apart.

    ``begun`` counts batches, ``failed`` those that ``manage.py ingest`` did not take in whole, ``documents`` the
    documents of the others; the last batch mostly ends with the test.
    """

    def __init__(self, home: Path, environment: Mapping[str, str], batch: int, pause: float) -> None:
        self.begun = self.documents = self.failed = 0
        self._home, self._environment = home, dict(environment)
        self._batch, self._pause = batch, pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load-indexing", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            folder = self._home / f"new-{number}"
            try:
                self._write(folder, number * self._batch)
                self.begun += 1
                taken = self._take_in(folder)
            except OSError:  # no room on the disk, say
                taken = False
            number += 1
            if taken is None:
                return
            if taken:
                self.documents += self._batch
            else:
                self.failed += 1
            self._stop.wait(self._pause)

    def _write(self, folder: Path, first: int) -> None:
        folder.mkdir()
        for number in range(first, first + self._batch):
            lines = (f"Item {number}-{line} is kept on shelf {line * number % 97}." for line in range(_ITEMS))
            (folder / f"shelf list {number}.md").write_text("\n\n".join(lines))

    def _take_in(self, folder: Path) -> bool | None:
        """Whether every document is ready; None when the test was over before."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "ingest", str(folder)]
        place = ["--collection", COLLECTION, "--as", CURATOR, "--json"]
        with (self._home / "ingest.log").open("ab") as log:
            process = subprocess.Popen([*command, *place], env=self._environment, stdout=log, stderr=log)
        while process.poll() is None:
            if self._stop.wait(0.5):
                process.terminate()
                process.wait()
                return None
        return process.returncode == 0

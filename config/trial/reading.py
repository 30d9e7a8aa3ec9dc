"""The product as it is, in a process of its own: one file after the other goes the whole way of an upload."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings

django.setup()

from accounts.models import User  # noqa: E402  # the apps must be there first
from config.benchmarking.programs import serve  # noqa: E402
from ingest.batches import Row, settle, take_in  # noqa: E402
from ingest.pipeline import run_inline  # noqa: E402
from ingest.reading import Begun  # noqa: E402
from knowledge.models import Collection, Grant  # noqa: E402


class Reader:
    def __init__(self) -> None:
        self._user, _ = User.objects.get_or_create(username="trial")
        self._collection, _ = Collection.objects.get_or_create(slug="trial", defaults={"name": "Trial"})
        Grant.objects.get_or_create(collection=self._collection, user=self._user, role=Grant.Role.CURATOR)

    def warm_up(self) -> dict[str, Any]:
        """The model is loaded and the template of the reading children is there before anything is measured."""
        warm = Path(settings.FOOTNOTE_HOME) / "warm-up.txt"
        warm.write_text("These words only warm up the model of a trial.")
        return self.read(str(warm), warm.name)

    def read(self, path: str, name: str) -> dict[str, Any]:
        started = time.monotonic()
        row = take_in(Path(path), name, self._user, self._collection, send=False)
        peak = self._read(row) if row.state == "queued" else 0
        return {
            **{"state": row.state, "sentence": row.error, "pages": row.pages, "passages": row.passages},
            **{"seconds": round(time.monotonic() - started, 2), "peak_mb": round(peak / 1024**2)},
        }

    def _read(self, row: Row) -> int:
        """Bytes the reading child held at most."""
        if row.version is None:
            raise TypeError("a queued row has a version")
        with Begun(row.version) as begun:
            run_inline(row.version, begun)
        settle(row)
        return begun.work.peak_bytes


if __name__ == "__main__":
    reader = Reader()
    serve({"warm_up": reader.warm_up, "read": reader.read})

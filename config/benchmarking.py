"""Speed of the whole pipeline beside its parts, in one run, in a home of its own that is thrown away."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from knowledge.embedding import model_dir
from knowledge.errors import FootnoteError

_MANAGE = settings.BASE_DIR / "manage.py"


class BenchmarkFailed(FootnoteError):
    """A step of the benchmark did not run; the message holds what it said."""


def _run(home: Path, *command: str, env: Mapping[str, str] | None = None, partly: bool = False) -> str:
    """Standard output of a command; ``partly`` when it may fail after giving its output."""
    done = subprocess.run(
        [sys.executable, str(_MANAGE), *command],
        env={**os.environ, "FOOTNOTE_HOME": str(home), **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and not (partly and done.stdout):
        raise BenchmarkFailed(f"`manage.py {command[0]}` failed:\n{done.stderr[-2000:]}")
    return done.stdout


def benchmark(files: Path) -> dict[str, Any]:
    """Ingests every file of a folder with the real command, then encodes the same inputs with the bare model."""
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
        home = Path(folder)
        _run(home, "migrate", "-v0")
        person = {"DJANGO_SUPERUSER_PASSWORD": "benchmark-only", "DJANGO_SUPERUSER_EMAIL": "bench@localhost"}
        _run(home, "createsuperuser", "--noinput", "--username", "bench", env=person)
        started = time.perf_counter()
        ingest = ["ingest", str(files), "--collection", "Benchmark", "--create", "--grant", "everyone", "--as", "bench"]
        # Files that cannot be read are part of a real folder: the command then names them and exits with 1.
        rows = json.loads(_run(home, *ingest, "--inline", "--json", partly=True))["documents"]
        wall = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        texts = _embedded_inputs(home)
        bare = _bare_encoder_seconds(texts)
    ready = [row for row in rows if row["state"] == "ready"]
    passages = sum(row["passages"] for row in ready)
    inside = sum(row["seconds"] for row in ready)
    return {
        "documents": len(ready),
        "not_ready": len(rows) - len(ready),
        "passages": passages,
        "pipeline_seconds": round(inside, 2),
        "pipeline_passages_per_second": round(passages / inside, 2),
        "command_wall_seconds": round(wall, 2),
        "bare_encoder_seconds": round(bare, 2),
        "bare_encoder_passages_per_second": round(passages / bare, 2),
        "pipeline_over_bare_encoder": round(bare / inside, 3),
        "ingest_process_peak_mb": round(peak),
    }


def _embedded_inputs(home: Path) -> list[str]:
    """Texts of all passages. The pipeline embeds titles and headings too, so the comparison favours the bare model."""
    with sqlite3.connect(home / "footnote.sqlite3") as database:
        return [row[0] for row in database.execute("SELECT text FROM knowledge_passage ORDER BY id")]


_BARE = """
import json, sys, time
from sentence_transformers import SentenceTransformer
texts = json.load(sys.stdin)
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
model.encode(texts[:4], show_progress_bar=False)
started = time.perf_counter()
model.encode(texts, batch_size=int(sys.argv[2]), normalize_embeddings=True, show_progress_bar=False)
print(time.perf_counter() - started)
"""


def _bare_encoder_seconds(texts: list[str]) -> float:
    """Seconds the model alone needs for the same texts, model already loaded, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(model_dir()), str(settings.EMBEDDING_BATCH)],
        input=json.dumps(texts),
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkFailed(f"The bare encoder failed:\n{done.stderr[-2000:]}")
    return float(done.stdout)

"""The vector index with very many passages: speed, recall, memory, in processes of their own in a home of their own.

How the vectors are made: the sentences of a folder (the sample company unless told otherwise) are embedded with the
configured model. A synthetic document takes one of these vectors as its subject and has ``_PER_DOCUMENT`` passages;
a passage is the subject plus up to ``_SPREAD`` times the difference of two other real vectors, so that the noise has
the shape of real text, plus a little of plain noise, scaled to length 1. Questions are made in the same way from
sentences that no passage was made from. A person sees whole documents.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from config.benchmarking import BenchmarkFailed
from ingest.parsers import read_file
from knowledge import snapshots
from knowledge.embedding import Vectors, get_embedder
from knowledge.errors import UnreadableDocument
from knowledge.index import get_index
from knowledge.sentences import split_sentences

SELECTIVITIES = (0.0001, 0.001, 0.01, 0.05, 0.1, 0.5, 1.0)
_MODEL = "benchmark"
_K = 20
_QUESTIONS = 100
_SENTENCES = 2000
_PER_DOCUMENT = 20
_SPREAD = 0.8
_PLAIN_NOISE = 0.01
_BLOCK = 20_000
_ONE_DOCUMENT = np.arange(_PER_DOCUMENT, dtype=np.int64)


def benchmark_index(passages: int, files: Path) -> dict[str, Any]:
    """Builds an index of so many synthetic passages and asks it. Raises BenchmarkFailed with what went wrong."""
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
        figures = _step(home, "build", str(passages), str(files))
        # Two processes at the same time, as two web processes would be: what they share counts half for each.
        first = _started(home, "serve", "wait")
        figures |= _step(home, "serve")
        first.communicate("done")
    return figures


def _started(home: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "config.benchmarking.index", *arguments],
        env={**os.environ, "FOOTNOTE_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if arguments[-1] == "wait" and process.stdout is not None:
        process.stdout.readline()
    return process


def _step(home: str, *arguments: str) -> dict[str, Any]:
    process = _started(home, *arguments)
    output, complaint = process.communicate()
    if process.returncode:
        raise BenchmarkFailed(f"The step {arguments[0]} failed:\n{complaint[-2000:]}")
    figures: dict[str, Any] = json.loads(output)
    return figures


def _sentences(files: Path) -> list[str]:
    found: set[str] = set()
    for path in sorted(path for path in files.rglob("*") if path.is_file()):
        try:
            for page in read_file(str(path), path.name):
                text = page.get("text", "")
                found.update(text[start:end] for start, end in split_sentences(text) if 30 <= end - start <= 300)
        except UnreadableDocument:
            continue  # part of a real folder
    chosen = sorted(found)
    random.Random(1).shuffle(chosen)  # noqa: S311  # no secret
    return chosen[:_SENTENCES]


def _around(subjects: Vectors, real: Vectors, seed: int) -> Vectors:
    """One synthetic vector for each subject (n, d)."""
    dice = np.random.default_rng(seed)
    one, other = (real[dice.integers(0, len(real), len(subjects))] for _ in range(2))
    spread = dice.uniform(0.1, _SPREAD, (len(subjects), 1)).astype(np.float32)
    plain = dice.standard_normal(subjects.shape, dtype=np.float32) * np.float32(_PLAIN_NOISE)
    made: Vectors = subjects + spread * (one - other) + plain
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def _blocks(real: Vectors, passages: int) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
    for start in range(0, passages, _BLOCK):
        ids = np.arange(start, min(start + _BLOCK, passages), dtype=np.int64)
        subjects = np.random.default_rng(7).integers(0, len(real), passages // _PER_DOCUMENT + 1)
        yield ids, _around(real[subjects[ids // _PER_DOCUMENT]], real, seed=start)


def _visible(passages: int, share: float) -> NDArray[np.int64]:
    """Passages of documents chosen by chance, about this share of all."""
    documents = passages // _PER_DOCUMENT
    chosen = np.random.default_rng(3).choice(documents, max(1, round(documents * share)), replace=False)
    found: NDArray[np.int64] = (
        (np.sort(chosen)[:, None] * _PER_DOCUMENT + _ONE_DOCUMENT).ravel().copy()
    )  # its own, or nothing is remembered
    found.flags.writeable = False
    return found


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def _build(passages: int, files: Path) -> dict[str, Any]:
    """Fills and saves the index; keeps the questions and the exact answers to them beside it."""
    real = get_embedder().embed_documents(_sentences(files))
    kept, asked = real[: len(real) * 9 // 10], real[len(real) * 9 // 10 :]
    dice = np.random.default_rng(11)
    questions = _around(asked[dice.integers(0, len(asked), _QUESTIONS)], asked, seed=12)
    visible = [_visible(passages, share) for share in SELECTIVITIES]
    truth = [_Best() for _ in SELECTIVITIES]
    index, adding = get_index(real.shape[1]), 0.0
    for ids, vectors in _blocks(kept, passages):
        adding += _milliseconds(lambda ids=ids, vectors=vectors: index.add(ids, vectors))  # type: ignore[misc]
        scores = questions @ vectors.T
        for allowed, best in zip(visible, truth, strict=True):
            best.take(ids, scores, allowed)
    np.save(settings.FOOTNOTE_HOME / "questions.npy", questions)
    for number, best in enumerate(truth):
        np.save(settings.FOOTNOTE_HOME / f"truth-{number}.npy", best.ids)
    writing = _milliseconds(lambda: _write(index.ids(), index, 1))
    return {
        "passages": passages,
        "real_sentences": len(real),
        "added_per_second": round(passages / adding * 1000),
        "first_snapshot_seconds": round(writing / 1000, 1),
        "snapshot_mb": round(sum(p.stat().st_size for p in settings.INDEX_DIR.rglob("*") if p.is_file()) / 2**20),
    }


def _write(ids: NDArray[np.int64], index: Any, position: int) -> None:
    snapshots.write(snapshots.Snapshot(_MODEL, position, ids, ids // _PER_DOCUMENT, np.full_like(ids, 600), index))


class _Best:
    """The ``_K`` best for every question, found by going through everything."""

    def __init__(self) -> None:
        self.ids = np.zeros((_QUESTIONS, 0), np.int64)
        self._scores = np.zeros((_QUESTIONS, 0), np.float32)

    def take(self, ids: NDArray[np.int64], scores: NDArray[np.float32], allowed: NDArray[np.int64]) -> None:
        inside = np.isin(ids, allowed, assume_unique=True)
        found = np.broadcast_to(ids[inside], (len(scores), int(inside.sum())))
        ids, scores = np.hstack([self.ids, found]), np.hstack([self._scores, scores[:, inside]])
        order = np.argsort(-scores, axis=1)[:, :_K] if scores.shape[1] <= _K else _first(scores)
        self.ids, self._scores = np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)


def _first(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.argpartition(-scores, _K, axis=1)[:, :_K]


def _memory(prefix: str) -> dict[str, int]:
    """Resident memory and this process's share of it (memory that n processes map counts one n-th), in MB."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return {
        f"{prefix}_{line[:3].lower()}_mb": int(line.split()[1]) // 1024
        for line in lines
        if line.startswith(("Rss:", "Pss:"))
    }


def _serve(wait: bool) -> dict[str, Any]:
    """What one web process has to do with the snapshot."""
    embedder = get_embedder()
    embedder.embed_query("warm")
    figures: dict[str, Any] = _memory("before_load")
    index = get_index(embedder.dimension)
    figures["load_ms"] = round(_milliseconds(lambda: snapshots.load_newest(_MODEL, index)))
    questions = np.load(settings.FOOTNOTE_HOME / "questions.npy")
    passages = len(index.ids())
    for number, share in enumerate(SELECTIVITIES):
        asked = _ask(index, questions, _visible(passages, share), number)
        figures |= {f"{share * 100:g}%_{name}": value for name, value in asked.items()}
    figures |= _memory("serving")
    if wait:
        sys.stdout.write("loaded\n")
        sys.stdout.flush()
        sys.stdin.read()
        return figures
    figures |= _changes(index, questions, passages)
    return figures


def _ask(index: Any, questions: Vectors, allowed: NDArray[np.int64], number: int) -> dict[str, Any]:
    first = _milliseconds(lambda: index.search(questions[0], _K, allowed))
    truth = np.load(settings.FOOTNOTE_HOME / f"truth-{number}.npy")
    times, hits, wanted = [], 0, 0
    for question, best in zip(questions, truth, strict=True):
        started = time.perf_counter()
        found, _ = index.search(question, _K, allowed)
        times.append((time.perf_counter() - started) * 1000)
        hits += len(np.intersect1d(found, best))
        wanted += len(best)
    low, high = np.percentile(times, [50, 95])
    return {
        "visible": len(allowed),
        "first_ms": round(first, 1),
        "p50_ms": round(float(low), 1),
        "p95_ms": round(float(high), 1),
        f"recall@{_K}": round(hits / wanted, 4),
    }


def _changes(index: Any, questions: Vectors, passages: int) -> dict[str, Any]:
    """One document added, one removed, many removed; then the next snapshot, which keeps the cells."""
    one, gone = passages + _ONE_DOCUMENT, np.arange(0, passages, 100, dtype=np.int64)
    many = passages + _PER_DOCUMENT + np.arange(passages // 50, dtype=np.int64)
    vectors = np.resize(questions, (len(many), questions.shape[1]))
    figures = {
        "add_one_document_ms": _milliseconds(lambda: index.add(one, vectors[:_PER_DOCUMENT])),
        "remove_one_document_ms": _milliseconds(lambda: index.remove(one)),
        "removed_per_second": len(gone) / _milliseconds(lambda: index.remove(gone)) * 1000,
    }
    index.add(many, vectors)
    allowed = np.concatenate([np.arange(passages), many])
    allowed.flags.writeable = False
    index.search(questions[0], _K, allowed)
    times = [_milliseconds(lambda q=q: index.search(q, _K, allowed)) for q in questions]  # type: ignore[misc]
    figures["p95_ms_with_2_percent_in_the_tail"] = float(np.percentile(times, 95))
    figures["next_snapshot_seconds"] = _milliseconds(lambda: _write(index.ids(), index, 2)) / 1000
    return {name: round(value, 1) for name, value in figures.items()}


def main(arguments: list[str]) -> None:
    import django

    django.setup()
    if arguments[0] == "build":
        figures = _build(int(arguments[1]), Path(arguments[2]))
    else:
        figures = _serve(wait=arguments[1:] == ["wait"])
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])

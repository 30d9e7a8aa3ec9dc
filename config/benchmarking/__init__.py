"""Speed of the whole product beside its bare parts and beside a peer, in one run, in a home that is thrown away.

Each of the three runs in a process of its own with its model loaded and warm, and they take turns round by round,
so that whatever else the machine does meets all of them alike. A ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from config.benchmarking.programs import BenchmarkFailed, Program, run_command
from knowledge.embedding import model_dir

__all__ = ["Asked", "BenchmarkFailed", "benchmark"]

PEER = "txtai"
ABSENT = f"absent: install {PEER} in an environment of its own and name its Python with --peer-python"
_HERE = Path(__file__).parent
_QUESTIONS = 40
_QUESTION_WORDS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run: a folder of files, how many rounds, the Python that has the peer (None: this one)."""

    files: Path
    rounds: int = 3
    peer_python: str | None = None
    edit: bool = True


def benchmark(asked: Asked) -> dict[str, Any]:
    """All figures by name; see ``manage.py benchmark``. Raises BenchmarkFailed when a part does not run."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footnote-benchmark-")))
        run_command(home, "migrate", "-v0")
        product = stack.enter_context(Program.of_module("config.benchmarking.product", home))
        bare = stack.enter_context(Program.of_module("config.benchmarking.bare", home, str(model_dir())))
        peer = _peer(stack, asked.peer_python, home)
        rounds = [_round(product, bare, peer, asked.files, home) for _ in range(asked.rounds)]
        figures = _ingest(rounds)
        questions = _questions(home)
        figures |= _asking(product, bare, peer, questions)
        if asked.edit:
            figures |= product.ask("edit", texts=str(_inputs(home)))
        return figures | product.ask("memory") | {"peer": PEER if peer is not None else ABSENT}


def _peer(stack: ExitStack, python: str | None, home: Path) -> Program | None:
    python = python or sys.executable
    present = [python, "-c", f"import importlib.util as u, sys; sys.exit(u.find_spec({PEER!r}) is None)"]
    if subprocess.run(present, check=False, capture_output=True).returncode:
        return None
    command = [python, str(_HERE / "peer.py"), str(model_dir())]
    return stack.enter_context(Program(command, home))


def _inputs(home: Path) -> Path:
    """The texts that the product embedded, as it embedded them: titles and headings included, each once."""
    return home / "inputs.json"


def _round(product: Program, bare: Program, peer: Program | None, files: Path, home: Path) -> dict[str, Any]:
    inputs = str(_inputs(home))
    row = product.ask("ingest", files=str(files), inputs=inputs)
    row["bare"] = bare.ask("encode", texts=inputs, batch=settings.EMBEDDING_BATCH)["seconds"]
    row["peer"] = peer.ask("index", texts=inputs)["seconds"] if peer is not None else None
    return row


def _ingest(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    last = rounds[-1]
    texts = last["embedded"]

    def rate(name: str) -> float:
        return round(float(texts / statistics.median(row[name] for row in rounds)), 2)

    figures: dict[str, Any] = {name: last[name] for name in ("documents", "not_ready", "passages", "embedded")}
    figures |= {
        "pipeline_passages_per_second": rate("seconds"),
        "bare_encoder_passages_per_second": rate("bare"),
        "pipeline_over_bare_encoder": _median([row["bare"] / row["seconds"] for row in rounds]),
        "pipeline_over_bare_encoder_rounds": [round(row["bare"] / row["seconds"], 3) for row in rounds],
    }
    if last["peer"] is not None:
        figures["peer_passages_per_second"] = rate("peer")
        figures["pipeline_over_peer"] = _median([row["peer"] / row["seconds"] for row in rounds])
    return figures


def _questions(home: Path) -> list[str]:
    texts = json.loads(_inputs(home).read_text())
    step = max(1, len(texts) // _QUESTIONS)
    return [" ".join(text.rsplit("\n", 1)[-1].split()[:_QUESTION_WORDS]) for text in texts[::step]][:_QUESTIONS]


def _asking(product: Program, bare: Program, peer: Program | None, questions: list[str]) -> dict[str, Any]:
    """Milliseconds, p50, one question at a time."""
    ours = product.ask("questions", questions=questions)
    library = bare.ask("questions", questions=questions)
    figures = {
        "question_embedding_ms": ours["embed"],
        "question_embedding_bare_ms": library["embed"],
        "question_embedding_over_bare": _median([ours["embed"] / library["embed"]]),
        "search_ms": ours["search"],
        "bare_faiss_ms": library["faiss"],
        "bare_encoder_and_faiss_ms": library["both"],
        "search_over_bare_encoder_and_faiss": _median([ours["search"] / library["both"]]),
    }
    if peer is not None:
        figures["peer_search_ms"] = peer.ask("questions", questions=questions)["search"]
        figures["search_over_peer"] = _median([ours["search"] / figures["peer_search_ms"]])
    return figures


def _median(ratios: Sequence[float]) -> float:
    return round(statistics.median(ratios), 3)

"""One measuring of a folder: in a home of its own, which is thrown away when the figures are there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from assistant.abstention.policy import showing_everything
from config.evaluation.asking import PLAIN, Examiner, Extras, Outcome, ask_all
from config.evaluation.datasets import Dataset
from config.evaluation.loading import Atlas, evaluator, load
from config.evaluation.report import figures
from ingest.chunking import CHUNKER
from knowledge.embedding import get_embedder, model_dir
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.weights import weights_fingerprint
from knowledge.errors import FootnoteError
from knowledge.models import Document, Passage
from knowledge.projection import get_projection

_LEDGER = "ingest.json"
Progress = Callable[[str, int, int], None]


class EvaluationFailed(FootnoteError):
    """The run did not end; the message holds what it said."""


def home_for(dataset: Dataset) -> Path:
    """Where the set is measured. What is kept there from an interrupted run serves the same data and recipe only."""
    # Only the other process needs the model itself.
    model = weights_fingerprint(model_dir())
    recipe = hashlib.sha256(f"{dataset.digest} {CHUNKER} {model} {_code()}".encode()).hexdigest()
    return Path(settings.FOOTNOTE_HOME) / "evaluations" / f"{dataset.name[:40]}-{recipe[:12]}"


def _code() -> str:
    """Names the program: figures of two programs are never mixed."""
    digest = hashlib.sha256()
    for app in ("knowledge", "ingest", "assistant", "config"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def run_apart(folder: Path, limit: int, home: Path, extras: Extras = PLAIN) -> dict[str, Any]:
    """Measures in another process, whose settings see ``home`` and nothing of this installation."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_EMBEDDING_CACHE": str(_vectors())}
    environment.setdefault("FOOTNOTE_LOG_LEVEL", "WARNING")
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "evaluate", str(folder), "--here", "--json"]
    command += extras.options
    done = subprocess.run(
        [*command, f"--limit={limit}"], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise EvaluationFailed("The measuring broke off; the reason stands above. The same command goes on with it.")
    shutil.rmtree(home, ignore_errors=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _vectors() -> Path:
    folder = Path(settings.FOOTNOTE_HOME) / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "embeddings.sqlite3"


def measure(dataset: Dataset, progress: Progress, extras: Extras = PLAIN) -> dict[str, Any]:
    """Everything in this process and this home, which must be of the run's own."""
    call_command("migrate", verbosity=0, interactive=False)
    user = evaluator()
    home = Path(settings.FOOTNOTE_HOME)
    embedder = get_embedder()
    loaded = load(dataset, user, lambda done: progress("Reading", done, len(dataset.documents)))
    get_projection()
    ledger = _ledger(home / _LEDGER, loaded.passages, loaded.seconds, loaded.unreadable)
    from_cache = embedder.hits if isinstance(embedder, CachedEmbedder) else 0
    notes = home / f"outcomes-{len(dataset.questions)}{''.join(extras.options)}.jsonl"
    with showing_everything() if extras.everything else nullcontext():
        examiner = Examiner(user, Atlas(dataset), extras)
        asked = ask_all(dataset, examiner, notes, lambda done: progress("Asking", done, len(dataset.questions)))
        outcomes = list(asked)
    facts = {
        "documents": Document.objects.filter(current__isnull=False).count(),
        "passages": Passage.objects.searchable().count(),
        "unreadable": ledger["unreadable"],
        "passages_per_second": _speed(ledger, from_cache),
    }
    found = figures(outcomes, facts)
    return {**found, "examples": [_example(outcome) for outcome in outcomes]} if extras.everything else found


def _example(outcome: Outcome) -> dict[str, Any]:
    """Where the set does not say which words answer, an answer to an answerable question counts as right.

    ``silent``: nothing was shown although nothing was held back, as when the question was asked back.
    """
    right = outcome.answerable if outcome.quote_right is None else outcome.quote_right
    return {
        "kind": outcome.kind,
        "signs": outcome.signs,
        "answerable": outcome.answerable,
        "right": right,
        "silent": outcome.abstained,
    }


def _ledger(path: Path, passages: int, seconds: float, unreadable: list[str]) -> dict[str, Any]:
    """What ingest took, over all the runs that were needed."""
    before: dict[str, Any] = {"passages": 0, "seconds": 0.0, "unreadable": []}
    if path.is_file():
        before = json.loads(path.read_text())
    if passages or unreadable:
        before = {
            "passages": before["passages"] + passages,
            "seconds": before["seconds"] + seconds,
            "unreadable": unreadable or before["unreadable"],
        }
        path.write_text(json.dumps(before))
    return before


def _speed(ledger: dict[str, Any], from_cache: int) -> float | None:
    """Passages a second; None when vectors came from an earlier run, for then it says nothing."""
    if not ledger["passages"] or not ledger["seconds"] or from_cache > 0:
        return None
    return round(float(ledger["passages"]) / float(ledger["seconds"]), 2)

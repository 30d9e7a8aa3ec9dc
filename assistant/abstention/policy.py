"""By which probability and threshold this installation keeps silent: its own calibration while it fits, otherwise the
shipped default.

A calibration belongs to the embedding model, the way documents are cut, and the code that ranks sentences and reads the
signs: with another of these its figures say nothing, so it waits and the default holds.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from assistant.abstention import abstaining
from assistant.models import Calibration
from knowledge.embedding import get_embedder
from knowledge.errors import SearchUnavailable
from knowledge.models import Passage
from knowledge.reading import WEIGHTS_FOLDER

_SCORES = ("candidates", "naming", "reordering", "search", "tuning")  # modules by which passages get their score
_everything: ContextVar[bool] = ContextVar("show_everything", default=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """``calibration`` is None for the shipped default."""

    bias: float
    weights: Mapping[str, float]
    threshold: float
    calibration: Calibration | None = None

    def probability(self, signs: Mapping[str, float]) -> float:
        """How likely the evidence answers, 0 to 1."""
        if self.calibration is None:
            return abstaining.probability(signs, abstaining.Weights())
        total = self.bias + sum(self.weights[name] * value for name, value in signs.items())
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a configuration says of it: a threshold, one of the calibrations (if it fits), or the shipped default."""

    threshold: float | None = None
    calibration: int | None = None
    shipped: bool = False


USUAL = Choice()


def current(signs: Mapping[str, float], choice: Choice = USUAL) -> Policy:
    """What holds at this moment for these signs. A calibration that lacks one of them does not fit."""
    row = None if choice.shipped else fitting(choice.calibration)
    if row is None or not set(signs) <= set(row.weights):
        policy = default()
    else:
        policy = Policy(row.bias, row.weights, row.threshold, row)
    if choice.threshold is not None:
        policy = replace(policy, threshold=choice.threshold)
    return replace(policy, threshold=0.0) if _everything.get() else policy


def default() -> Policy:
    shipped = asdict(abstaining.Weights())
    bias, threshold = shipped.pop("bias"), shipped.pop("threshold")
    return Policy(bias, shipped, threshold)


@contextmanager
def showing_everything() -> Iterator[None]:
    """For measuring: inside it nothing is held back, so that it is seen what would have been shown."""
    token = _everything.set(True)
    try:
        yield
    finally:
        _everything.reset(token)


def fitting(wanted: int | None = None) -> Calibration | None:
    """The newest calibration that belongs to what is in use now, or the wanted one if it does."""
    rows = Calibration.objects.all() if wanted is None else Calibration.objects.filter(pk=wanted)
    newest = rows.order_by("-created").first()
    return newest if newest is not None and not mismatch(newest) else None


def mismatch(row: Calibration) -> str:
    """Why a calibration does not hold now, in words; "" when it does."""
    try:
        model = get_embedder().model_id
    except SearchUnavailable:
        return "The embedding model cannot be used just now."
    if row.model_id != model:
        return "It was fitted with another embedding model."
    return (
        "" if row.recipe == recipe() else "Documents are cut, ranked or judged in another way than when it was fitted."
    )


def recipe(chunker: str = "") -> str:
    """Names how signs come about: the chunker (that of the newest passage unless given), the code that scores, ranks
    and reads the signs, the reading model and the re-ranking model."""
    peoples = Passage.objects.filter(version__document__canary=False)
    newest = peoples.order_by("-pk").values_list("chunker", flat=True).first()
    reranked = hashlib.sha256(str(settings.RERANKER).encode()).hexdigest()[:8] if settings.RERANKER else ""
    return f"{chunker or newest or ''}/{_code()}" + (f"/{reranked}" if reranked else "")


@lru_cache(maxsize=1)
def _code() -> str:
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    scores = [settings.BASE_DIR / "knowledge" / f"{name}.py" for name in _SCORES]
    code = sorted([here / "abstaining.py", *(here.parent / "selection").glob("*.py"), *scores])
    for path in [*code, *sorted(WEIGHTS_FOLDER.glob("*.safetensors"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

"""Whether the evidence answers at all: a logistic over a few signs. Pure.

``features`` are numbers between about 0 and 1; ``Weights`` are fitted on the tuning half of the sample questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.selection.questions import Profile
from assistant.selection.ranking import Ranked
from knowledge.lexical import analyse
from knowledge.search import Evidence


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight for each sign, the bias, and the probability below which nothing is answered."""

    bias: float = -5.0
    cosine: float = 6.0
    coverage: float = 3.5
    own: float = 1.0
    kind: float = 0.8
    dense: float = 1.5
    lexical: float = 0.6
    missing_names: float = -1.6
    missing_numbers: float = -0.8
    rarest_missing: float = -1.2
    threshold: float = 0.5


def features(profile: Profile, evidence: Sequence[Evidence], ranked: Sequence[Ranked]) -> dict[str, float]:
    """The signs, by the names of the weights. All 0 when there is no sentence at all."""
    if not ranked:
        return {"cosine": 0.0, "missing_names": float(bool(profile.names))}
    best = ranked[0]
    around = " ".join(f"{item.text} {item.document_title} {' '.join(item.heading_path)}" for item in evidence[:5])
    there = set(analyse(around))
    near_best = set(analyse(f"{best.unit.shown} {best.unit.context} {best.evidence.text}"))
    heaviest = max(profile.weights, key=lambda term: profile.weights[term], default="")
    return {
        "cosine": best.cosine,
        "coverage": best.own + best.around,
        "own": best.own,
        "kind": best.kind,
        "dense": max(item.dense for item in evidence),
        "lexical": min(1.0, max(item.lexical for item in evidence) / 20.0),
        "missing_names": _missing(profile.names, there),
        "missing_numbers": _missing(profile.numbers, there),
        "rarest_missing": float(bool(heaviest) and heaviest not in near_best),
    }


def probability(signs: Mapping[str, float], weights: Weights) -> float:
    """How likely the evidence answers, 0 to 1."""
    values = asdict(weights)
    total = weights.bias + sum(values[name] * value for name, value in signs.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def _missing(wanted: Sequence[str], there: set[str]) -> float:
    """Share of the wanted names or numbers of which some word is nowhere in the evidence."""
    if not wanted:
        return 0.0
    return sum(not set(analyse(item)) <= there for item in wanted) / len(wanted)

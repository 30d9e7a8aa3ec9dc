"""Whether the evidence answers at all: a logistic over a few signs. Pure.

``features`` are numbers between about 0 and 1; ``Weights`` are fitted on the tuning half of the sample questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.selection.questions import Profile
from assistant.selection.ranking import Ranked
from knowledge.search import Evidence

LONG_QUESTION = 12  # content terms


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight for each sign, the bias, and the probability below which nothing is answered.

    Fitted by logistic regression on the tuning half of the sample questions and the development part of ClapNQ, each
    set and each class weighing the same; see docs/benchmarks.md.
    """

    bias: float = -7.56
    bare: float = 4.15
    coverage: float = 1.92
    dense: float = 4.7
    length: float = 3.54
    threshold: float = 0.4


def features(profile: Profile, evidence: Sequence[Evidence], ranked: Sequence[Ranked]) -> dict[str, float]:
    """The signs, by the names of the weights. Empty when there is no sentence at all."""
    if not ranked:
        return {}
    best = ranked[0]
    return {
        "bare": best.bare,
        "coverage": best.own + best.around,
        # Without a model no passage has a cosine: then the words that stand in for the sentence's stand in here too.
        "dense": max(item.dense for item in evidence) or best.bare,
        "length": min(1.0, len(profile.weights) / LONG_QUESTION),
    }


def probability(signs: Mapping[str, float], weights: Weights) -> float:
    """How likely the evidence answers, 0 to 1."""
    values = asdict(weights)
    total = weights.bias + sum(values[name] * value for name, value in signs.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


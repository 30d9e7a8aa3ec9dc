"""Whether the evidence answers at all: a logistic over a few signs. Pure.

How near the best passage comes says little by itself: what nears a question differs from one company's documents to
another's. How far it stands out from the passages next to it says more, as is known from predicting how well a query
will do (Shtok and others, 2012, ACM Transactions on Information Systems 30 (2), article 11).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.selection.questions import Profile
from assistant.selection.ranking import READ, Ranked
from knowledge.search import Evidence

LONG_QUESTION = 12  # content terms
NEXT = 9  # passages that the best one is held against
FAR = 0.8  # of score: who leads by more has been named by the question, and is no likelier to answer it
SURE = 6.0  # log-odds at which the sign of reading is 1
_NUMBER = re.compile(r"\d+")  # as ``Profile.numbers`` has them
# Where a sign cannot be read (no model, or nothing beside the best passage), the middle of what was seen stands for it.
USUAL_LEAD = 0.3
USUAL_DENSE_LEAD = 0.17


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight for each sign, the bias, and the probability below which nothing is answered.

    Fitted by ``fitting.fit`` on the tuning half of the sample questions and the development parts of ClapNQ and
    MTRAG-UN, each set weighing the same; see docs/benchmarks.md.
    """

    bias: float = -3.43
    bare: float = 4.23
    length: float = 1.89
    lead: float = 1.79
    dense_lead: float = 2.27
    read: float = 2.22
    numbers_missing: float = -1.08
    threshold: float = 0.5


def features(profile: Profile, evidence: Sequence[Evidence], ranked: Sequence[Ranked]) -> dict[str, float]:
    """The signs, by the names of the weights. Empty when there is no sentence at all.

    ``bare``: cosine of the best sentence; ``length`` of the question; ``lead`` and ``dense_lead``: how far the best
    passage stands out from the next, by score and by cosine; ``read``: log of the mean odds of the sentences that were
    read together with the question, 0 when no model does that; ``numbers_missing``: 1 when the question names a number
    or a year of which the best sentence's passage says nothing.
    """
    if not ranked:
        return {}
    near = [item.dense for item in evidence]
    return {
        "bare": ranked[0].bare,
        "length": min(1.0, len(profile.weights) / LONG_QUESTION),
        "lead": min(FAR, _lead([item.score for item in evidence], USUAL_LEAD)),
        "dense_lead": _lead(near, USUAL_DENSE_LEAD) if any(near) else USUAL_DENSE_LEAD,
        "read": _read([item.read for item in ranked]),
        "numbers_missing": float(not set(profile.numbers) <= _numbers(ranked[0].evidence)),
    }


def probability(signs: Mapping[str, float], weights: Weights) -> float:
    """How likely the evidence answers, 0 to 1."""
    values = asdict(weights)
    total = weights.bias + sum(values[name] * value for name, value in signs.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def _lead(values: Sequence[float], usual: float) -> float:
    """The greatest value less the mean of the next; ``usual`` when it is the only one."""
    first, *others = sorted(values, reverse=True)[: NEXT + 1]
    return first - math.fsum(others) / len(others) if others else usual


def _numbers(item: Evidence) -> set[str]:
    return set(_NUMBER.findall(" ".join((item.document_title, *item.heading_path, item.text))))


def _read(odds: Sequence[float]) -> float:
    likeliest = sorted(odds, reverse=True)[:READ]
    return math.log(math.fsum(map(math.exp, likeliest)) / len(likeliest)) / SURE

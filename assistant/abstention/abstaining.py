"""Whether the evidence answers at all: a logistic over a few signs. Pure.

How near the best passage comes says little by itself: what nears a question differs from one company's documents to
another's. How far it stands out from the passages next to it says more, as is known from predicting how well a query
will do (Shtok and others, 2012, ACM Transactions on Information Systems 30 (2), article 11).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.selection.numbers import named_by, numbers, years
from assistant.selection.questions import Profile
from assistant.selection.ranking import READ, SURE, Ranked
from knowledge.search import Evidence

LONG_QUESTION = 12  # content terms
NEXT = 9  # passages that the best one is held against
FAR = 0.8  # of score: who leads by more has been named by the question, and is no likelier to answer it
# Where a sign cannot be read (no model, or nothing beside the best passage), the middle of what was seen stands for it.
USUAL_LEAD = 0.3
USUAL_DENSE_LEAD = 0.17


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight for each sign, the bias, and the probability below which nothing is answered.

    Fitted by ``fitting.fit`` on the tuning half of the sample questions and the development parts of ClapNQ and
    MTRAG-UN, each set weighing the same; see docs/benchmarks.md.
    """

    bias: float = -3.44
    bare: float = 4.23
    length: float = 1.89
    lead: float = 1.76
    dense_lead: float = 2.35
    read: float = 2.23
    numbers_missing: float = -1.08
    threshold: float = 0.5


def features(
    profile: Profile, evidence: Sequence[Evidence], ranked: Sequence[Ranked], beside: Sequence[Evidence] = ()
) -> dict[str, float]:
    """The signs, by the names of the weights. Empty when there is no sentence at all.

    ``bare``: cosine of the best sentence; ``length`` of the question; ``lead`` and ``dense_lead``: how far the best
    passage stands out from the next, by score and by cosine, those ``beside`` the evidence counted; ``read``: log of
    the mean odds of the sentences that were read together with the question, 0 when no model does that;
    ``numbers_missing``: 1 when the question names a year, or numbers, of which the best sentence and what it stands in
    say nothing.
    """
    if not ranked:
        return {}
    own, others = _comparable(evidence, beside)
    return {
        "bare": ranked[0].bare,
        "length": min(1.0, len(profile.weights) / LONG_QUESTION),
        "lead": min(FAR, _lead([item.score for item in own], [item.score for item in others], USUAL_LEAD)),
        "dense_lead": _lead(
            [item.dense for item in own if item.dense], [item.dense for item in others if item.dense], USUAL_DENSE_LEAD
        ),
        "read": _read([item.read for item in ranked]),
        "numbers_missing": float(_numbers_missing(profile, ranked[0])),
    }


def probability(signs: Mapping[str, float], weights: Weights) -> float:
    """How likely the evidence answers, 0 to 1."""
    values = asdict(weights)
    total = weights.bias + sum(values[name] * value for name, value in signs.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def _comparable(evidence: Sequence[Evidence], beside: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Without passages that were found by words alone where others have a cosine: their scores lack one."""
    near = [item for item in evidence if item.dense]
    return (near, [item for item in beside if item.dense]) if near else (list(evidence), list(beside))


def _lead(own: Sequence[float], others: Sequence[float], usual: float) -> float:
    """The greatest of ``own`` less the mean of the next of all; ``usual`` when there is no other, none at all, or
    nothing was searched for, so that each is 0."""
    if not any(own):
        return usual
    first, *left = sorted(own, reverse=True)
    after = sorted([*left, *others], reverse=True)[:NEXT]
    return first - math.fsum(after) / len(after) if after else usual


def _numbers_missing(profile: Profile, best: Ranked) -> bool:
    named, asked = named_by(best.evidence, best.unit.shown, best.unit.context), numbers(profile.question)
    return bool(years(profile.question) - named) or (bool(asked) and not asked & named)


def _read(odds: Sequence[float]) -> float:
    likeliest = sorted(odds, reverse=True)[:READ]
    return math.log(math.fsum(map(math.exp, likeliest)) / len(likeliest)) / SURE

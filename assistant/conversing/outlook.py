"""Whether the chat would answer a question: its search, ranking, settings and threshold, and nothing is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from assistant.abstention import abstaining, policy
from assistant.configuration import Configuration, in_force
from assistant.selection.choosing import Material
from assistant.selection.gathering import find, gather
from knowledge.followups import Exchange
from knowledge.search import Evidence
from knowledge.tuning import using


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would be answered from, and whether it is enough."""

    material: Material
    answers: bool


def outlook(question: str, user: User, earlier: Sequence[Exchange] = ()) -> Outlook:
    """As this person, with what answers people at this moment. Raises SearchUnavailable."""
    config = in_force()
    with using(config.tuning):
        result = find(question, user, earlier, config.passages)
    material = gather(question, result, result.evidence)
    return Outlook(material, enough(material, config))


def enough(material: Material, config: Configuration, beside: Sequence[Evidence] = ()) -> bool:
    """Whether it reaches this configuration's threshold; passages ``beside`` it were found for the same question."""
    signs = abstaining.features(material.profile, material.evidence, material.ranked, beside)
    holding = policy.current(signs, config.abstention)
    return bool(material.ranked) and holding.probability(signs) >= holding.threshold

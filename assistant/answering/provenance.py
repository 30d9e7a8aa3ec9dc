"""What an answer was made with, in ids and digests: enough to say later why the same question is answered otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from accounts.models import User
from assistant import configuration
from assistant.abstention import policy
from assistant.abstention.policy import Policy, recipe
from assistant.configuration import Configuration
from assistant.endpoints.registry import known
from knowledge.embedding import get_embedder
from knowledge.errors import ConfigurationError, SearchUnavailable
from knowledge.projection import current_position
from knowledge.scope import visible_scope


def made_with(user: User, config: Configuration) -> dict[str, Any]:
    """``scope`` is a digest of the current versions this person may be answered from, and how many they are."""
    versions = np.sort(visible_scope(user).versions)
    return {
        "scope": {"digest": hashlib.sha256(versions.tobytes()).hexdigest()[:32], "documents": len(versions)},
        **world(config),
        "configuration": {
            "promotion": config.promotion,
            "fingerprint": config.fingerprint,
            "overrides": config.as_json(),
        },
    }


def world(config: Configuration) -> dict[str, Any]:
    """The index, the embedding model, the program, and the re-ranking model if it is used."""
    try:
        model = get_embedder().model_id
    except SearchUnavailable:
        model = ""
    return {
        "index": current_position(),
        "embedding": model,
        "recipe": recipe(),
        "reranker": Path(settings.RERANKER).name if settings.RERANKER and config.tuning.rerank else "",
    }


def surroundings(config: Configuration) -> dict[str, Any]:
    """The world, and what administrators set beside a configuration: models in their order, when to stay silent."""
    today = configuration.promoted()
    try:
        models = [f"{one.name}: {one.model}" for one in known().endpoints]
    except ConfigurationError:
        models = []
    return {**world(config), "models": models, "policy": of_policy(policy.current({}, today.abstention))}


def of_policy(holding: Policy) -> dict[str, Any]:
    """By which calibration (None: the shipped one) and threshold it was decided whether to answer."""
    calibration = holding.calibration.pk if holding.calibration else None
    return {"calibration": calibration, "threshold": round(holding.threshold, 6)}

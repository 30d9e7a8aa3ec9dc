"""What names a model: its folder and its weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

from knowledge.embedding.packaged import PINNED_SHA256, packaged_model_dir
from knowledge.errors import SearchUnavailable

WEIGHTS = "model.safetensors"
_WEIGHT_FILES = (WEIGHTS, "onnx/model.onnx")


def weights_fingerprint(directory: Path) -> str:
    """First 12 hex digits of the SHA-256 of the weights: two models never pass for one another."""
    return _digest(directory)[:12]


def _digest(directory: Path) -> str:
    for name in _WEIGHT_FILES:
        path = directory / name
        if path.is_file():
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
    raise SearchUnavailable(f"The embedding model folder {directory} holds no weights in the safetensors format.")


def model_name(directory: Path) -> str:
    """The id that stands beside every vector: the folder's name and the weights' fingerprint.

    Raises SearchUnavailable when it is the packaged model and its weights are not those that were pinned.
    """
    digest = _digest(directory)
    if digest != PINNED_SHA256 and directory == packaged_model_dir():
        raise SearchUnavailable(
            "The packaged embedding model is not the one Footnote was tested with: its file was changed or damaged. "
            "Remove .venv and run `make run` to install it again."
        )
    return f"{directory.parent.name}@{digest[:12]}"

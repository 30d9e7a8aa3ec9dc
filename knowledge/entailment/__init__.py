"""Entailment: ``get_entailer()`` gives the model that the settings name, if they name one."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from knowledge.cross_encoding import OptionalModel
from knowledge.entailment.base import Entailer, Entailment

__all__ = ["Entailer", "Entailment", "get_entailer"]


def _make(folder: Path) -> Entailer:
    # The library costs seconds and memory, so only processes that use such a model pay for it.
    from knowledge.entailment.cross_encoder import CrossEncoderEntailer

    return CrossEncoderEntailer(folder)


_model = OptionalModel("entailment", _make, "sentences are checked without the entailment model")


def get_entailer() -> Entailer | None:
    """The configured model; None when none is configured or it cannot be loaded: sentences are checked without it."""
    return _model.get(settings.ENTAILMENT)

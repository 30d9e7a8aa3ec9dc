"""Models that read two texts together, from a folder that a setting names: what re-ranking and entailment share."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from knowledge.errors import FootnoteError

logger = logging.getLogger("footnote.search")


class _Named(Protocol):
    @property
    def model_id(self) -> str: ...


Model = TypeVar("Model", bound=_Named)


class OptionalModel(Generic[Model]):
    """A model that the product can do without: none is configured, or it cannot be loaded, which the log says once."""

    def __init__(self, name: str, make: Callable[[Path], Model], without: str) -> None:
        self._name = name
        self._make = make
        self._without = without
        self._lock = threading.Lock()
        self._loaded: dict[str, Model | None] = {}

    def get(self, folder: str) -> Model | None:
        """The model in this folder, loaded once per process; None when there is none."""
        if not folder:
            return None
        with self._lock:
            if folder not in self._loaded:
                self._loaded[folder] = self._load(Path(folder))
            return self._loaded[folder]

    def _load(self, folder: Path) -> Model | None:
        try:
            model = self._make(folder)
        except FootnoteError as error:
            logger.error("%s: %s", self._without, error)
            return None
        logger.info("%s model=%s", self._name, model.model_id)
        return model

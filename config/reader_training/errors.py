"""What training refuses, said in words for the person who started it."""

from __future__ import annotations


class TrainingRefused(Exception):
    """The data or the configured embedding model is not fit to be trained with."""

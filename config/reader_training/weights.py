"""The weights to be trained, by the names the product's file has them under."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from config.reader_training.errors import TrainingRefused
from knowledge.embedding.network import Affine, Network
from knowledge.reading.head import PARTS, joint_layers, load

_HIDDEN = 192  # numbers between the pooled pair and its score
_KINDS = 4  # question, title, sentence, shared


def first_weights(network: Network, joint: int) -> dict[str, Tensor]:
    """The network's last ``joint`` layers as they are, and new parts around them: random, drawn by torch's seed."""
    weights = {"kinds": torch.zeros(_KINDS, network.width)}
    for number, layer in enumerate(network.layers[-joint:]):
        for part in PARTS:
            pair: Affine = getattr(layer, part)
            weights[f"layers.{number}.{part}.weight"], weights[f"layers.{number}.{part}.bias"] = (
                tensor.clone() for tensor in pair
            )
    for name, out, into in (("hidden", _HIDDEN, 2 * network.width), ("score", 1, _HIDDEN), ("span", 2, network.width)):
        reach = 1 / math.sqrt(into)
        weights[f"{name}.weight"] = torch.empty(out, into).uniform_(-reach, reach)
        weights[f"{name}.bias"] = torch.zeros(out)
    return {name: tensor.requires_grad_() for name, tensor in weights.items()}


def weights_from(path: Path, network: Network, joint: int) -> tuple[str, dict[str, Tensor]]:
    """What was trained before, to go on from: what its file says of it, and its weights.

    Raises SearchUnavailable when they cannot be loaded, TrainingRefused when they join another number of layers.
    """
    trained, weights = load(path, network)
    if joint_layers(weights) != joint:
        raise TrainingRefused(f"{path} joins {joint_layers(weights)} layers and not {joint}.")
    return trained, {name: tensor.clone().requires_grad_() for name, tensor in weights.items()}


def write(weights: dict[str, Tensor], trained: str, path: Path) -> None:
    """In half precision, whole or not at all."""
    half = {name: tensor.detach().half().contiguous() for name, tensor in weights.items()}
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(save(half, {"trained": trained}))
    unfinished.replace(path)

"""Checkpoints of a reader's run: safetensors only, replaced atomically, so that a run can be killed at any moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError
from lucida.lazy import require

if TYPE_CHECKING:
    from lucida.training.reader.trainer import Trainer

_NAME = "checkpoint.safetensors"
#: AdamW's running means.
_MOMENTS = ("exp_avg", "exp_avg_sq")


def save(trainer: Trainer, folder: Path) -> None:
    """Write weights, their mean, the optimiser's state and counters to ``checkpoint.safetensors``."""
    tensors: dict[str, Any] = {}
    states = trainer.optimiser.state
    for name, tensor in trainer.network.own.items():
        tensors |= {f"now.{name}": tensor.detach(), f"mean.{name}": trainer.mean[name]}
        tensors |= {f"{moment}.{name}": states[tensor][moment] for moment in _MOMENTS if tensor in states}
    counters = json.dumps({"step": trainer.step, "seconds": trainer.seconds, **_shape(trainer)})
    half = folder / (_NAME + ".half")
    require("safetensors.torch", "train a reader").save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, half, metadata={"counters": counters}
    )
    half.replace(folder / _NAME)


def load(trainer: Trainer, folder: Path) -> bool:
    """Go on from the folder's checkpoint; false where there is none.

    Raises:
        UsageError: it is of a run of another shape.
    """
    import torch

    path = folder / _NAME
    if not path.is_file():
        return False
    with require("safetensors", "train a reader").safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        counters = json.loads((file.metadata() or {}).get("counters", "{}"))
    if any(counters.get(name) != value for name, value in _shape(trainer).items()):
        raise UsageError(
            f"The run in {folder} is of another shape than the one asked for.",
            "Give the layers, the rank and the seed that it began with, or another folder.",
        )
    with torch.no_grad():
        for name, tensor in trainer.network.own.items():
            tensor.copy_(tensors[f"now.{name}"])
            trainer.mean[name].copy_(tensors[f"mean.{name}"])
            if f"exp_avg.{name}" in tensors:
                moments = {moment: tensors[f"{moment}.{name}"].to(tensor.device) for moment in _MOMENTS}
                trainer.optimiser.state[tensor] = {"step": torch.tensor(float(counters["step"])), **moments}
    trainer.step, trainer.seconds = counters["step"], counters["seconds"]
    return True


def _shape(trainer: Trainer) -> dict[str, int]:
    recipe = trainer.recipe
    return {"layers": recipe.layers, "rank": recipe.rank, "seed": recipe.seed}

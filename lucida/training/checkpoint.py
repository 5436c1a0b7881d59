"""Checkpoints of a run: safetensors only, replaced atomically, so that a run can be killed at any moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.lazy import require

if TYPE_CHECKING:
    from lucida.training.encoder import Trainer

_NAME = "checkpoint.safetensors"


def save(trainer: Trainer, folder: Path) -> None:
    """Write tower, averaged tower, momentum and counters to ``checkpoint.safetensors``."""
    tensors: dict[str, Any] = {}
    for prefix, tower in (("tower.", trainer.tower), ("mean.", trainer.mean_tower)):
        tensors |= {prefix + name: value.contiguous() for name, value in tower.state_dict().items()}
    for number, state in trainer.optimiser.state_dict()["state"].items():
        tensors[f"momentum.{number}"] = state["momentum_buffer"].contiguous()
    tensors["log_scale"] = trainer.log_scale.detach()
    counters = json.dumps({"step": trainer.step, "seconds": trainer.seconds})
    half = folder / (_NAME + ".half")
    require("safetensors.torch", "train an encoder").save_file(tensors, half, metadata={"counters": counters})
    half.replace(folder / _NAME)


def present(folder: Path) -> bool:
    """Whether there is a checkpoint to go on from."""
    return (folder / _NAME).is_file()


def load(trainer: Trainer, folder: Path) -> bool:
    """Go on from the folder's checkpoint; false where there is none."""
    path = folder / _NAME
    if not present(folder):
        return False
    with require("safetensors", "train an encoder").safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        counters = json.loads(file.metadata()["counters"])
    for prefix, tower in (("tower.", trainer.tower), ("mean.", trainer.mean_tower)):
        tower.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
    state = trainer.optimiser.state_dict()
    state["state"] = {
        int(name.removeprefix("momentum.")): {"momentum_buffer": value}
        for name, value in tensors.items()
        if name.startswith("momentum.")
    }
    trainer.optimiser.load_state_dict(state)
    trainer.log_scale.data.copy_(tensors["log_scale"])
    trainer.step, trainer.seconds = counters["step"], counters["seconds"]
    return True


def load_tower(tower: Any, path: Path) -> None:
    """Begin with a tower's weights, as ``model.safetensors`` has them (names begin with ``visual.``)."""
    tensors = require("safetensors.torch", "train an encoder").load_file(path)
    tower.load_state_dict({name.removeprefix("visual."): value.float() for name, value in tensors.items()})

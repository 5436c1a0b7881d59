"""The state of a run under AdamW on disk: safetensors only, replaced whole; a run can be killed at any moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError
from lucida.lazy import require

if TYPE_CHECKING:
    import torch

_NAME = "checkpoint.safetensors"
#: AdamW's running means.
_MOMENTS = ("exp_avg", "exp_avg_sq")


def save(
    folder: Path,
    own: Mapping[str, torch.Tensor],
    mean: Mapping[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    counters: Mapping[str, Any],
) -> None:
    """Write weights, their mean, the optimiser's state and counters to ``checkpoint.safetensors``.

    Args:
        folder: of the run.
        own: what learns, by name.
        mean: the running mean of each.
        optimiser: AdamW over ``own``.
        counters: ``step``, ``seconds`` and the run's shape.
    """
    tensors: dict[str, Any] = {}
    for name, tensor in own.items():
        tensors |= {f"now.{name}": tensor.detach(), f"mean.{name}": mean[name]}
        state = optimiser.state.get(tensor, {})
        tensors |= {f"{moment}.{name}": state[moment] for moment in _MOMENTS if moment in state}
    half = folder / (_NAME + ".half")
    require("safetensors.torch", "train").save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()},
        half,
        metadata={"counters": json.dumps(dict(counters))},
    )
    half.replace(folder / _NAME)


def load(
    folder: Path,
    own: Mapping[str, torch.Tensor],
    mean: Mapping[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    shape: Mapping[str, Any],
    advice: str,
) -> tuple[int, float]:
    """Go on from the folder's checkpoint: steps and seconds done, none where there is no checkpoint.

    Args:
        folder: of the run.
        own, mean, optimiser: as for ``save``; they are filled.
        shape: what the run must have begun with.
        advice: what to do about another shape.

    Raises:
        UsageError: it is of a run of another shape.
    """
    import torch

    path = folder / _NAME
    if not path.is_file():
        return 0, 0.0
    with require("safetensors", "train").safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        counters = json.loads((file.metadata() or {}).get("counters", "{}"))
    if any(counters.get(name) != value for name, value in shape.items()):
        raise UsageError(f"The run in {folder} is of another shape than the one asked for.", advice)
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(tensors[f"now.{name}"])
            mean[name].copy_(tensors[f"mean.{name}"])
            if f"exp_avg.{name}" in tensors:
                moments = {moment: tensors[f"{moment}.{name}"].to(tensor.device) for moment in _MOMENTS}
                optimiser.state[tensor] = {"step": torch.tensor(float(counters["step"])), **moments}
    return int(counters["step"]), float(counters["seconds"])

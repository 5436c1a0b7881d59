"""Moves pixels and weights into torch: the steps that every picture model shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lucida.models.devices import Placement


def standardised(pixels: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float], placement: Placement) -> Any:
    """Scale and centre colours where the model computes.

    Args:
        pixels: uint8 RGB, shape (n, height, width, 3).
        mean: of each colour, in 0..1.
        std: of each colour, in 0..1.
        placement: where to, and in which number format.

    Returns:
        A tensor of shape (n, 3, height, width).
    """
    torch = require("torch", "encode pictures")
    # Bytes travel; four times as much would if they were scaled first.
    raw = torch.from_numpy(np.require(pixels, requirements=("C", "W"))).to(placement.device).permute(0, 3, 1, 2).float()
    centre, scale = (torch.tensor(list(row), device=placement.device).view(1, 3, 1, 1) for row in (mean, std))
    return ((raw / 255 - centre) / scale).to(placement.torch_dtype())


def load_strictly(module: Any, weights: Path, *, prefix: str) -> None:
    """Fill a torch module from the tensors of a safetensors file whose names begin with ``prefix``.

    Raises:
        ModelError: the file is damaged, or its tensors are not exactly the module's.
    """
    safetensors = require("safetensors", "read weights")
    try:
        with safetensors.safe_open(weights, "pt") as file:
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 - no mapping
            tensors = {name.removeprefix(prefix): file.get_tensor(name) for name in names}
        module.load_state_dict({name: _widened(tensor) for name, tensor in tensors.items()}, strict=True)
    except (safetensors.SafetensorError, OSError, RuntimeError) as error:
        raise ModelError(
            f"The weights {weights} do not load: {first_line(error)}.",
            "Check that weights and configuration belong together, or get the file again.",
        ) from error


def first_line(error: BaseException) -> str:
    """The beginning of what an error says, without the full stop: torch lists every tensor that does not fit."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    joined = " ".join(line.strip() for line in lines[:2])
    return (joined if len(joined) <= 200 else joined[:200] + "…").rstrip(".:")


def _widened(tensor: Any) -> Any:
    return tensor.float() if tensor.is_floating_point() else tensor

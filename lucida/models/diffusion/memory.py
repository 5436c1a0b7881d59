"""What fits into the memory: asked before weights are loaded, and said where it ran out."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.devices import DEVICE_VARIABLE, Placement
from lucida.models.processor import processor

if TYPE_CHECKING:
    from lucida.models.diffusion.files import Pipeline
    from lucida.models.diffusion.options import Options

_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}


def parameters(weights: tuple[Path, ...]) -> int:
    """Numbers in safetensors files, told by their headers.

    Raises:
        ModelError: a file is damaged.
    """
    total = 0
    for path in weights:
        try:
            with path.open("rb") as stream:
                (length,) = struct.unpack("<Q", stream.read(8))
                if length > path.stat().st_size:
                    raise ValueError("the header is longer than the file")  # noqa: TRY301
                rows = json.loads(stream.read(length))
            total += sum(math.prod(row["shape"]) for name, row in rows.items() if name != "__metadata__")
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ModelError(f"The weights {path} are damaged: {error}.", "Get the model again.") from error
    return total


def device_memory(placement: Placement) -> int:
    """Bytes of memory that the device has in all."""
    if placement.device.startswith("cuda"):
        torch = require("torch", "draw pictures")
        return int(torch.cuda.mem_get_info(placement.device)[1])
    return processor().memory_bytes


def require_room(files: Pipeline, placement: Placement, options: Options, spec: str) -> None:
    """Refuse weights that the device cannot hold, before any are read.

    Raises:
        ModelError: it cannot; the advice says what would fit.
    """
    room = device_memory(placement)
    whole, largest = _needed(files, placement)
    needed = {"model": largest, "sequential": 0}.get(options.offload or "", whole)
    if needed > room:
        raise too_large(files, placement, options, spec)


def too_large(files: Pipeline, placement: Placement, options: Options, spec: str) -> ModelError:
    """What to say of weights that the device cannot hold, now or ever."""
    room = device_memory(placement)
    whole, largest = _needed(files, placement)
    needed = largest if options.offload else whole
    ways = []
    if placement.dtype == "fp32" and needed / 2 <= room:
        ways.append(f"dtype=bfloat16 ({needed / 2e9:.1f} GB)")
    if placement.device != "cpu" and not options.offload:
        ways += [f"offload=model ({largest / 1e9:.1f} GB)"] if largest <= room else ["offload=sequential"]
    return ModelError(
        f"The memory of {placement.device} ({room / 1e9:.1f} GB) does not hold the weights of {spec} "
        f"({needed / 1e9:.1f} GB in {placement.dtype}).",
        f"What would fit, in the spec: {' or '.join(ways)}."
        if ways
        else "Close other programs, or choose a smaller model.",
    )


def _needed(files: Pipeline, placement: Placement) -> tuple[int, int]:
    """Bytes of all weights, and of the largest component's."""
    sizes = [parameters(part.weights) * _BYTES[placement.dtype] for part in files.parts.values()]
    return sum(sizes), max(sizes, default=0)


def ran_out(
    spec: str, placement: Placement, options: Options, drawn_px: tuple[int, int], usual_px: tuple[int, int]
) -> ModelError:
    """What to say when memory ran out while a picture was drawn."""
    ways = []
    if options.batch > 1:
        ways.append("batch=1")
    if math.prod(drawn_px) > math.prod(usual_px):
        ways.append(f"the size that it was trained for, {usual_px[0]} by {usual_px[1]}")
    else:
        ways.append(f"{drawn_px[0] // 2} by {drawn_px[1] // 2} pixels, a quarter of the memory for each step")
    if set(options.vae) != {"slicing", "tiling"}:
        ways.append("vae=slicing,tiling in the spec")
    if placement.device != "cpu":
        ways.append("offload=sequential in the spec" if options.offload else "offload=model in the spec")
        ways.append(f"{DEVICE_VARIABLE}=cpu")
    return ModelError(
        f"The memory of {placement.device} ran out while {spec} drew {drawn_px[0]} by {drawn_px[1]} pixels.",
        f"What takes less: {'; '.join(ways)}.",
    )

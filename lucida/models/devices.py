"""Where a model computes, and in which number format: chosen for the machine, or as the environment says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.models.precision import bfloat16_pays

DEVICE_VARIABLE = "LUCIDA_DEVICE"
DTYPE_VARIABLE = "LUCIDA_DTYPE"

Dtype: TypeAlias = Literal["fp32", "bf16", "fp16"]

_DTYPES: dict[str, str] = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
#: Pictures or texts per step: enough to keep a processor's cores busy, and enough for an accelerator.
_BATCH, _ACCELERATOR_BATCH = 32, 128


@dataclass(frozen=True, slots=True)
class Placement:
    """A device and a number format.

    Attributes:
        device: torch's name: ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        dtype: of weights and activations; vectors leave as float32 in any case.
    """

    device: str
    dtype: Dtype

    @property
    def batch(self) -> int:
        """How many pictures or texts go through at a time, to begin with."""
        return _BATCH if self.device == "cpu" else _ACCELERATOR_BATCH

    def torch_dtype(self) -> Any:
        """The number format as torch's own object."""
        return getattr(require("torch", "run a model"), _DTYPES[self.dtype])

    def __str__(self) -> str:
        return f"{self.device} in {self.dtype}"


def choose(device: str | None = None, dtype: str | None = None) -> Placement:
    """Decide where to compute.

    "auto" takes the first CUDA device (bfloat16 where its hardware has it, float16 elsewhere), else Apple's GPU
    (float16), else the processor (bfloat16 where it was measured to pay, float32 elsewhere).

    Args:
        device: as torch names it, or "auto"; None takes ``$LUCIDA_DEVICE``, else "auto".
        dtype: "fp32", "bf16", "fp16" or "auto"; None takes ``$LUCIDA_DTYPE``, else "auto".

    Raises:
        UsageError: there is no such device or number format here.
        DependencyError: torch is absent.
    """
    torch = require("torch", "run a model")
    place = _device(torch, device or os.environ.get(DEVICE_VARIABLE) or "auto")
    wanted = dtype or os.environ.get(DTYPE_VARIABLE) or "auto"
    if wanted == "auto":
        return Placement(place, _best_dtype(torch, place))
    if wanted not in _DTYPES:
        raise UsageError(
            f"There is no number format {wanted!r}.", f"Set {DTYPE_VARIABLE} to auto, {', '.join(_DTYPES)}."
        )
    return Placement(place, wanted)  # type: ignore[arg-type]


def _device(torch: Any, wanted: str) -> str:
    kind, _, number = wanted.partition(":")
    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    mps = bool(torch.backends.mps.is_available())
    if wanted == "auto":
        return "cuda" if cuda else "mps" if mps else "cpu"
    here = wanted in {"cpu", "mps" if mps else "cpu"} or (
        kind == "cuda" and (number or "0").isdecimal() and int(number or 0) < cuda
    )
    if here:
        return wanted
    known = ["auto", "cpu", *(["mps"] if mps else []), *(f"cuda:{place}" for place in range(cuda))]
    raise UsageError(f"There is no device {wanted!r} here.", f"Set {DEVICE_VARIABLE} to one of: {', '.join(known)}.")


def _best_dtype(torch: Any, device: str) -> Dtype:
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if device == "mps":
        return "fp16"
    return "bf16" if bfloat16_pays() else "fp32"

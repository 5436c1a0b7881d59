"""Feeds a model in batches, and in smaller ones when memory runs out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.models.devices import DEVICE_VARIABLE, Placement

if TYPE_CHECKING:
    from lucida.models.protocols import Vectors

_log = logging.getLogger(__name__)

#: What torch says when an allocation fails, on the processor and on accelerators.
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


class Batches:
    """Cuts work into batches; once a size was too much for the memory, smaller ones are used from then on.

    Args:
        placement: where the model computes.
        name: the model, for the error's sentence.
    """

    def __init__(self, placement: Placement, name: str) -> None:
        self._placement = placement
        self._name = name
        self._size = placement.batch

    def run(self, encode: Callable[[Any], Vectors], rows: Sequence[Any], dimension: int) -> Vectors:
        """Encode rows batch by batch.

        Args:
            encode: takes some of the rows in order and gives a vector for each.
            rows: a list, or an array cut along its first axis.
            dimension: length of a vector, for the empty result.

        Raises:
            ModelError: the memory does not hold a single row's computation.
        """
        parts: list[Vectors] = []
        start = 0
        while start < len(rows):
            part = self._attempt(encode, rows[start : start + self._size])
            if part is not None:
                parts.append(part)
                start += len(part)
        return np.concatenate(parts) if parts else np.zeros((0, dimension), dtype=np.float32)

    def _attempt(self, encode: Callable[[Any], Vectors], rows: Sequence[Any]) -> Vectors | None:
        """The rows' vectors; None if they did not fit, and the next attempt should bring fewer."""
        try:
            return encode(rows)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            if len(rows) == 1:
                raise _too_large(self._name, self._placement) from error
        # Outside the except block, so that the failed call's tensors, which the traceback holds, are free again.
        self._size = max(len(rows) // 2, 1)
        _log.debug("memory ran out with %d rows; going on with %d", len(rows), self._size)
        release(self._placement)
        return None


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)


def release(placement: Placement) -> None:
    """Give the memory that torch holds in reserve back to the device."""
    from lucida.lazy import require

    torch = require("torch", "run a model")
    if placement.device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif placement.device == "mps":
        torch.mps.empty_cache()


def _too_large(name: str, placement: Placement) -> ModelError:
    advice = "Close other programs or choose a smaller model (see: lucida models)."
    if placement.device != "cpu":
        advice = f"Set {DEVICE_VARIABLE}=cpu, or choose a smaller model (see: lucida models)."
    return ModelError(f"The memory of {placement.device} does not hold {name} and one picture.", advice)

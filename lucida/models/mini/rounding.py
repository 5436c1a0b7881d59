"""Weights with fewer bits: what carries nothing need not be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucida.lazy import require

if TYPE_CHECKING:
    import torch

#: Of float16.
MANTISSA_BITS = 10


def rounded(tensor: torch.Tensor, bits: int) -> torch.Tensor:
    """Round float16 to nearest at fewer bits of mantissa, ties to even; other types and bookkeeping stay.

    Args:
        tensor: any.
        bits: of mantissa, 1 to 10.
    """
    found = require("torch", "round weights")
    if tensor.dtype != found.float16 or bits >= MANTISSA_BITS:
        return tensor
    dropped = MANTISSA_BITS - bits
    pattern = tensor.contiguous().view(found.int16).to(found.int32) & 0xFFFF
    # Adding just under half of the last kept bit, and that bit itself, carries to the nearest, and on ties to even.
    carried = pattern + (1 << (dropped - 1)) - 1 + ((pattern >> dropped) & 1)
    kept = carried & ~((1 << dropped) - 1)
    signed = found.where(kept >= 1 << 15, kept - (1 << 16), kept)
    result = signed.to(found.int16).view(found.float16)
    whole: torch.Tensor = found.where(found.isfinite(result), result, tensor)
    return whole

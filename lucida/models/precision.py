"""Whether torch computes faster in bfloat16 on this machine: measured, since a processor's flags do not tell."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from lucida.lazy import require
from lucida.models.processor import processor

#: A gain below this is not worth any difference in the vectors.
_MIN_GAIN = 1.3


@cache
def bfloat16_pays() -> bool:
    """Whether a transformer's typical product runs clearly faster in bfloat16 than in float32; takes about 0.1 s."""
    if not processor().multiplies_bf16:
        return False
    torch = require("torch", "run a model")
    return _seconds(torch, torch.float32) > _MIN_GAIN * _seconds(torch, torch.bfloat16)


def _seconds(torch: Any, dtype: Any) -> float:
    """Best of some products of a ViT-B's feed-forward layer over a batch: (1024, 768) by (768, 3072)."""
    left, right = torch.ones(1024, 768, dtype=dtype), torch.ones(3072, 768, dtype=dtype)
    best = float("inf")
    with torch.inference_mode():
        for _ in range(5):
            start = time.perf_counter()
            torch.nn.functional.linear(left, right)
            best = min(best, time.perf_counter() - start)
    return best

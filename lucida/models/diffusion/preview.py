"""What is there so far, small: latents, averaged to a few, through the model's own decoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL.Image import Image

from lucida.lazy import require

#: Latents on the longer side of a preview. A decoder takes some tenths of a second for them on a processor.
_SIDE = 16


def preview(pipe: Any, latents: Any, drawn_px: tuple[int, int], factor: int) -> Image:
    """A small picture of the first of some latents.

    Args:
        pipe: has a ``vae``.
        latents: shape (n, channels, height, width), or (n, places, channels) packed two by two as Flux does.
        drawn_px: width and height of the picture.
        factor: pixels per side of a latent.

    Returns:
        RGB, its longer side at most 16 latents.
    """
    torch = require("torch", "draw pictures")
    with torch.no_grad():
        rows = _unpacked(latents[:1], drawn_px, factor) if latents.ndim == 3 else latents[:1]
        shrink = max(1.0, max(rows.shape[-2:]) / _SIDE)
        size = [max(1, round(side / shrink)) for side in rows.shape[-2:]]
        rows = torch.nn.functional.adaptive_avg_pool2d(rows.float(), size)
        config = pipe.vae.config
        rows = _as_decoded(rows, config)
        image = pipe.vae.decode(rows.to(pipe.vae.dtype), return_dict=False)[0][0]
        pixels = ((image.float() / 2 + 0.5).clamp(0, 1) * 255).round().permute(1, 2, 0).cpu().numpy()
    return Pillow.fromarray(np.asarray(pixels, dtype=np.uint8)).convert("RGB")


def _as_decoded(rows: Any, config: Any) -> Any:
    """Latents as the decoder has them: scaled and shifted as a whole, or each channel by its own figures."""
    torch = require("torch", "draw pictures")
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    rows = rows / (getattr(config, "scaling_factor", None) or 1.0)
    if mean and std and len(mean) == rows.shape[1]:
        mean, std = (torch.tensor(part, device=rows.device).view(1, -1, 1, 1) for part in (mean, std))
        return rows * std + mean
    return rows + (getattr(config, "shift_factor", None) or 0.0)


def _unpacked(latents: Any, drawn_px: tuple[int, int], factor: int) -> Any:
    """Flux's rows of 2 by 2 patches as a grid."""
    across, down = drawn_px[0] // factor // 2, drawn_px[1] // factor // 2
    grid = latents.reshape(latents.shape[0], down, across, latents.shape[2] // 4, 2, 2)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(latents.shape[0], -1, down * 2, across * 2)

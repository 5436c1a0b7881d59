"""Random views of pictures, a batch at a time, as tensors.

Sources: random resized crops, Szegedy et al., "Going deeper with convolutions" (2015); colour jitter, Krizhevsky et
al., "ImageNet classification with deep convolutional neural networks" (2012). Views from
further away than the picture teach the tower fine texture, which small pictures blown up never show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Views:
    """How far random views may go.

    Attributes:
        scale: least and greatest share of the picture's side that a crop shows; above 1 shows a mirrored margin.
        aspect: greatest ratio of a crop's sides.
        flip: mirror left and right at random; off where "left of" is part of the caption.
        rotate: greatest rotation, in degrees.
        colour: greatest relative change of brightness, contrast and saturation.
        grey: share of pictures that lose their colour.
    """

    scale: tuple[float, float] = (0.55, 1.1)
    aspect: float = 1.25
    flip: bool = True
    rotate: float = 8.0
    colour: float = 0.3
    grey: float = 0.03


def random_views(
    pixels: NDArray[Any],
    side: int,
    views: Views,
    generator: torch.Generator,
    alpha: NDArray[Any] | None = None,
    device: str = "cpu",
) -> torch.Tensor:
    """Random views of pictures.

    Args:
        pixels: uint8 (n, height, width, 3).
        side: side of the views in pixels.
        views: how far they may go.
        generator: the source of chance.
        alpha: uint8 (n, height, width), opacity; see-through parts are put on random grounds.
        device: where the views are made, and stay.

    Returns:
        float32 (n, 3, side, side) in 0..1, channels last in memory.
    """
    import torch

    batch = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float().div_(255)
    if alpha is not None:
        batch = _on_random_ground(batch, torch.from_numpy(alpha).to(device).float().div_(255), generator)
    grid = torch.nn.functional.affine_grid(
        _placements(len(batch), views, generator).to(device), [len(batch), 3, side, side], align_corners=False
    )
    shown = torch.nn.functional.grid_sample(
        batch, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )
    return _recoloured(shown, views, generator).contiguous(memory_format=torch.channels_last)


def centre_view(pixels: NDArray[Any], side: int) -> torch.Tensor:
    """The whole of square pictures at a side, antialiased: float32 (n, 3, side, side) in 0..1."""
    import torch

    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)
    if batch.shape[-1] != side:
        batch = torch.nn.functional.interpolate(
            batch, (side, side), mode="bicubic", align_corners=False, antialias=True
        ).clamp_(0, 1)
    return batch.contiguous(memory_format=torch.channels_last)


def _placements(count: int, views: Views, generator: torch.Generator) -> torch.Tensor:
    """Affine maps from a view's -1..1 to its picture's, (count, 2, 3)."""
    import torch

    def uniform(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(count, generator=generator)

    size, ratio = uniform(*views.scale), torch.exp(uniform(-1, 1) * 0.5 * float(torch.tensor(views.aspect).log()))
    width, height = size * ratio, size / ratio
    angle = uniform(-1, 1) * views.rotate * torch.pi / 180
    mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0) if views.flip else torch.ones(count)
    shift_x, shift_y = uniform(-1, 1) * (1 - width).clamp(min=0), uniform(-1, 1) * (1 - height).clamp(min=0)
    cosine, sine = angle.cos(), angle.sin()
    rows = [width * cosine * mirror, -height * sine, shift_x, width * sine * mirror, height * cosine, shift_y]
    return torch.stack(rows, dim=1).view(count, 2, 3)


def _recoloured(batch: torch.Tensor, views: Views, generator: torch.Generator) -> torch.Tensor:
    import torch

    count = len(batch)

    def factor() -> torch.Tensor:
        return (1 + views.colour * (2 * torch.rand(count, 1, 1, 1, generator=generator) - 1)).to(batch.device)

    grey = batch.mean(dim=1, keepdim=True)
    saturation = torch.where(
        torch.rand(count, 1, 1, 1, generator=generator).to(batch.device) < views.grey, 0.0, factor()
    )
    batch = grey + (batch - grey) * saturation
    middle = batch.mean(dim=(1, 2, 3), keepdim=True)
    return ((middle + (batch - middle) * factor()) * factor()).clamp_(0, 1)


def _on_random_ground(batch: torch.Tensor, alpha: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Cut-outs, given composed on white, on plain, shaded or white grounds."""
    import torch

    count, opacity = len(batch), alpha.unsqueeze(1)

    def chance(channels: int) -> torch.Tensor:
        return torch.rand(count, channels, 1, 1, generator=generator).to(batch.device)

    first, second = chance(3), chance(3)
    ramp = torch.linspace(0, 1, batch.shape[-1], device=batch.device).view(1, 1, 1, -1)
    ground = first + (second - first) * ramp * (chance(1) < 0.5)
    ground = torch.where(chance(1) < 0.5, torch.ones_like(ground), ground)
    return batch - (1 - opacity) + ground * (1 - opacity)

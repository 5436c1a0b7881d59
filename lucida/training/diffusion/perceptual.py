"""How different two pictures look to a tower that was trained to name them.

Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric" (2018), without the paper's
learned weights, and over the first maps of Lucida's own tower: no other weights are needed, and those maps cost little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

#: Stages of the tower after its stem whose maps are compared.
_STAGES = 2


class Perception:
    """Compares pictures.

    Args:
        trunk: a tower of timm with ``stem`` and ``stages``; it stays as it is.
        mean, std: of each colour, in 0..1, that it was trained with.
        device: where it computes.
    """

    def __init__(self, trunk: Any, mean: Sequence[float], std: Sequence[float], device: str = "cpu") -> None:
        import torch

        layers = [trunk.stem, *list(trunk.stages)[:_STAGES]]
        self._layers = [layer.to(device).eval().requires_grad_(False) for layer in layers]
        self._mean, self._std = (torch.tensor(part, device=device).view(1, 3, 1, 1) for part in (mean, std))

    def distance(self, one: torch.Tensor, two: torch.Tensor) -> torch.Tensor:
        """Mean squared distance of both pictures' maps, each place's features at unit length.

        Args:
            one, two: float (n, 3, h, w), in -1..1.
        """
        import torch

        maps = self._standard(torch.cat([one, two]))
        total = torch.zeros((), device=maps.device)
        for layer in self._layers:
            maps = layer(maps)
            unit = torch.nn.functional.normalize(maps.float(), dim=1)
            first, second = unit.chunk(2)
            total = total + (first - second).pow(2).sum(dim=1).mean()
        return total / len(self._layers)

    def _standard(self, pictures: torch.Tensor) -> torch.Tensor:
        import torch

        rows: torch.Tensor = ((pictures + 1) / 2 - self._mean) / self._std
        return rows.contiguous(memory_format=torch.channels_last)

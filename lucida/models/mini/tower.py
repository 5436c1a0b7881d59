"""The image tower in PyTorch: the reference for every faster way, and the one that gives patch tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.batching import Batches
from lucida.models.devices import Placement
from lucida.models.devices import choose as choose_device
from lucida.models.tensors import load_strictly, standardised
from lucida.models.windows import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.mini.files import MiniFiles
    from lucida.models.protocols import Vectors

_PREFIX = "visual."


class TorchTower:
    """An ``ImageRuntime``.

    Args:
        files: the tower's folder, read.
        placement: device and number format; by default what fits the machine.

    Raises:
        ModelError: the weights do not fit the tower that the configuration names.
        DependencyError: torch, timm or open_clip is absent.
    """

    def __init__(self, files: MiniFiles, placement: Placement | None = None) -> None:
        self._torch: Any = require("torch", "encode pictures")
        self._files = files
        self._placement = placement or choose_device()
        device, dtype = self._placement.device, self._placement.dtype
        self.name = f"torch-{dtype}" if device == "cpu" else f"torch-{device}-{dtype}"
        self._tower: Any = build(files).eval().to(self._placement.device, self._placement.torch_dtype())
        self._batches = Batches(self._placement, "the encoder mini")

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pixels; see ``ImageRuntime``."""
        return self._batches.run(self._vectors, pixels, self._files.embed_dim)  # type: ignore[arg-type]

    def patches(self, pixels: NDArray[np.uint8], *, projected: bool = False) -> NDArray[np.float32]:
        """What the tower sees, place by place, before it is averaged.

        Args:
            pixels: uint8 RGB, shape (n, height, width, 3) of the tower's size.
            projected: put each place into the shared space. A picture's vector is the mean of its places, scaled to
                unit length, so their cosines to a query show where in the picture the query is.

        Returns:
            float32, shape (n, rows, columns, channels); the channels are the tower's own or, projected, the space's.

        Raises:
            ModelError: the tower keeps no grid of places.
        """
        parts = [self._grid(pixels[start : start + 32], projected) for start in range(0, len(pixels), 32)]
        if not parts:
            return self._grid(np.zeros((1, *pixels.shape[1:]), dtype=np.uint8), projected)[:0]
        return np.concatenate(parts)

    def _vectors(self, pixels: NDArray[np.uint8]) -> Vectors:
        with self._torch.inference_mode():
            return unit(self._tower(self._prepared(pixels)).float().cpu().numpy())

    def _grid(self, pixels: NDArray[np.uint8], projected: bool) -> NDArray[np.float32]:
        trunk = getattr(self._tower, "trunk", None)
        with self._torch.inference_mode():
            grid = trunk.forward_features(self._prepared(pixels)) if trunk is not None else None
            if grid is None or grid.ndim != 4:
                raise ModelError(
                    "This image tower gives no patch tokens.", "Use the encoder mini, or a convolutional tower of timm."
                )
            grid = grid.permute(0, 2, 3, 1)  # (n, rows, columns, channels)
            found: NDArray[np.float32] = (self._tower.head(grid) if projected else grid).float().cpu().numpy()
        return found

    def _prepared(self, pixels: NDArray[np.uint8]) -> Any:
        return standardised(pixels, self._files.mean, self._files.std, self._placement)


def build(files: MiniFiles) -> Any:
    """The tower as a torch module in float32, by open_clip's own builder, with the folder's weights.

    Raises:
        ModelError: the configuration names no tower, or the weights are of another.
        DependencyError: torch, timm or open_clip is absent.
    """
    model = require("open_clip.model", "encode pictures")
    try:
        tower = model._build_vision_tower(files.embed_dim, dict(files.vision) | {"timm_model_pretrained": False})  # noqa: SLF001
    except Exception as error:  # timm and open_clip raise whatever comes up in the middle of building
        raise ModelError(
            f"{files.folder} names an image tower that cannot be built: {error}.",
            "Correct its configuration, or update the packages timm and open-clip-torch.",
        ) from error
    load_strictly(tower, files.weights, prefix=_PREFIX)
    return tower

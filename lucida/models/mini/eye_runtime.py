"""GERNet executed in two more ways than timm's own; both are an ``ImageRuntime``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require
from lucida.models.onnx_session import OnnxGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lucida.models.mini.gernet import Block, Convolution, Tower
    from lucida.models.protocols import Vectors


#: Pictures per call: activations stay near the cores, and every core has some.
_BATCH = 32


class OnnxEye(OnnxGraph):
    """onnxruntime on the processor, over an ONNX file as ``gernet_onnx`` writes it."""

    purpose = "encode pictures"

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pixels; see ``ImageRuntime``."""
        return _in_batches(lambda part: self._ask("vectors", pixels=part), pixels)

    def patches(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the tower saw in each place, float32, shape (n, h / 32, w / 32, channels)."""
        return _in_batches(lambda part: self._ask("patches", pixels=part), pixels)


class TorchEye:
    """PyTorch, written out as plain functions: the reference for the ONNX graph, and the path to bfloat16 products.

    Args:
        tower: as ``gernet.read`` gives it.
        mean, std: by which the channels, scaled to 0..1, are centred and scaled.
        bfloat16: hold weights and activations in bfloat16; pooling and projection stay in float32.

    Raises:
        DependencyError: the package torch is absent.
    """

    def __init__(self, tower: Tower, *, mean: Sequence[float], std: Sequence[float], bfloat16: bool = False) -> None:
        self.name = "torch-bf16" if bfloat16 else "torch-fp32"
        self._torch: Any = require("torch", "encode pictures in bfloat16")
        self._tower = tower
        self._dtype = self._torch.bfloat16 if bfloat16 else self._torch.float32
        self._mean, self._std = (self._torch.tensor(tuple(values)).view(1, 3, 1, 1) for values in (mean, std))
        convolutions = [tower.stem, tower.final]
        for block in tower.blocks:
            convolutions += [*block.main, *([block.shortcut] if block.shortcut else [])]
        self._loaded = {id(convolution): self._load(convolution) for convolution in convolutions}

    def run(self, pixels: NDArray[np.uint8]) -> Vectors:
        """Encode pixels; see ``ImageRuntime``."""
        return _in_batches(self._run, pixels)

    def _run(self, pixels: NDArray[np.uint8]) -> Vectors:
        torch = self._torch
        with torch.inference_mode():
            # Pixels lie as (n, h, w, 3), and with their axes turned that is the layout in which convolutions are fast.
            x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
            x = self._convolve(((x / 255 - self._mean) / self._std).to(self._dtype), self._tower.stem).relu_()
            for block in self._tower.blocks:
                x = self._block(x, block)
            pooled = self._convolve(x, self._tower.final).relu_().float().mean(dim=(2, 3))
            projected = pooled @ torch.from_numpy(self._tower.projection.T)
            vectors: Vectors = torch.nn.functional.normalize(projected, dim=1).numpy()
        return vectors

    def _block(self, x: Any, block: Block) -> Any:
        shortcut = x if block.shortcut is None else self._convolve(x, block.shortcut)
        for convolution in block.main[:-1]:
            x = self._convolve(x, convolution).relu_()
        return self._convolve(x, block.main[-1]).add_(shortcut).relu_()

    def _convolve(self, x: Any, convolution: Convolution) -> Any:
        weight, bias = self._loaded[id(convolution)]
        return self._torch.nn.functional.conv2d(
            x, weight, bias, stride=convolution.stride, padding=convolution.padding, groups=convolution.groups
        )

    def _load(self, convolution: Convolution) -> tuple[Any, Any]:
        weight, bias = (self._torch.from_numpy(part).to(self._dtype) for part in (convolution.weight, convolution.bias))
        return weight.contiguous(memory_format=self._torch.channels_last), bias


def _in_batches(
    step: Callable[[NDArray[np.uint8]], NDArray[np.float32]], pixels: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Run batch by batch. Without pictures it is run on one, whose row is left out, for the result's shape."""
    if not len(pixels):
        return step(np.zeros((1, *pixels.shape[1:]), dtype=np.uint8))[:0]
    return np.concatenate([step(pixels[start : start + _BATCH]) for start in range(0, len(pixels), _BATCH)])

"""The image tower of ``mini`` as plain data: GERNet's convolutions with their batch norms folded in.

Source: Lin et al., "Neural Architecture Design for GPU-Efficient Networks" (2020); names of tensors as timm's
``ByobNet`` inside open_clip's ``TimmModel`` gives them. Folding: Jacob et al., "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference" (2018), section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucida.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_PREFIX = "visual."
_EPSILON = 1e-5
#: Of each stage's first block; the one thing that the tensors' shapes do not tell.
_STRIDES = (2, 2, 2, 2, 1)
#: The main path's convolutions by the names timm gives them, in order; a block has two or three of them.
_MAIN = ("conv1_1x1", "conv1_kxk", "conv2_kxk", "conv3_1x1")


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with its batch norm folded in; zeros are laid around so that only the stride makes it smaller.

    Attributes:
        weight: float32, shape (out, in / groups, k, k).
        bias: float32, shape (out,).
        stride: 1 or 2.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int

    @property
    def groups(self) -> int:
        """As many as there are channels where each is convolved alone, else 1."""
        return len(self.weight) if self.weight.shape[1] == 1 else 1

    @property
    def padding(self) -> int:
        return int(self.weight.shape[-1]) // 2


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block: ReLU between the convolutions of ``main``, the sum with the shortcut, ReLU.

    Attributes:
        main: two or three convolutions.
        shortcut: None where the input itself is added.
    """

    main: tuple[Convolution, ...]
    shortcut: Convolution | None


@dataclass(frozen=True, slots=True)
class Tower:
    """Stem, blocks, one last convolution, the mean over all places, a linear map into the shared space.

    Attributes:
        stem, final: each followed by ReLU.
        blocks: in order.
        projection: float32, shape (dimension, channels).
    """

    stem: Convolution
    blocks: tuple[Block, ...]
    final: Convolution
    projection: NDArray[np.float32]


def read(weights: Mapping[str, NDArray[np.floating]]) -> Tower:
    """Read a tower out of a checkpoint.

    Args:
        weights: tensors by name, of any float type; other towers' tensors are passed over.

    Raises:
        ModelError: they are not those of a GERNet with a linear projection.
    """
    try:
        return _Reader(weights).tower()
    except (KeyError, ValueError, IndexError) as error:
        raise ModelError(
            f"The image tower's weights are not those of a GERNet: {error!r}.",
            "Use the weights that the package came with, or train them with lucida train encoder.",
        ) from error


class _Reader:
    def __init__(self, weights: Mapping[str, NDArray[np.floating]]) -> None:
        self._weights = weights

    def tower(self) -> Tower:
        blocks = tuple(self._block(name) for name in self._block_names())
        return Tower(
            self._convolution("trunk.stem", 2), blocks, self._convolution("trunk.final_conv", 1), self._projection()
        )

    def _block_names(self) -> list[str]:
        """``trunk.stages.S.B``, by number."""
        start = len(f"{_PREFIX}trunk.stages.")
        places = {tuple(n[start:].split(".")[:2]) for n in self._weights if n.startswith(f"{_PREFIX}trunk.stages.")}
        return [f"trunk.stages.{s}.{b}" for s, b in sorted((int(s), int(b)) for s, b in places)]

    def _block(self, name: str) -> Block:
        # A block that halves the picture does so in its k x k convolution that comes first, and in the shortcut.
        stage, number = map(int, name.split(".")[-2:])
        stride = _STRIDES[stage] if number == 0 else 1
        present = [part for part in _MAIN if f"{_PREFIX}{name}.{part}.conv.weight" in self._weights]
        halving = next(part for part in present if part.endswith("kxk"))
        main = tuple(self._convolution(f"{name}.{part}", stride if part == halving else 1) for part in present)
        has_shortcut = f"{_PREFIX}{name}.shortcut.conv.weight" in self._weights
        return Block(main, self._convolution(f"{name}.shortcut", stride) if has_shortcut else None)

    def _convolution(self, name: str, stride: int) -> Convolution:
        """W' = W g / s and b' = b - m g / s, with g, b, m, s the norm's scale, shift, mean and deviation."""
        weight = self._tensor(f"{name}.conv.weight")
        scale, shift, mean, variance = (
            self._tensor(f"{name}.bn.{part}") for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = scale / np.sqrt(variance + _EPSILON)
        folded = (weight * factor[:, None, None, None]).astype(np.float32)
        return Convolution(folded, (shift - mean * factor).astype(np.float32), stride)

    def _projection(self) -> NDArray[np.float32]:
        matrix = self._tensor("head.proj.weight")
        if matrix.ndim != 2 or f"{_PREFIX}head.proj.bias" in self._weights:
            raise ValueError("the projection is not one matrix")
        return matrix.astype(np.float32)

    def _tensor(self, name: str) -> NDArray[np.float64]:
        # Folding multiplies small by large numbers; what is read in half precision is folded in double.
        return self._weights[_PREFIX + name].astype(np.float64)

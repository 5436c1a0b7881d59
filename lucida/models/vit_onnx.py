"""Writes an open_clip vision transformer as one self-contained ONNX graph, straight from its weights.

Sources: Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021); Radford et al., "Learning Transferable Visual
Models From Natural Language Supervision" (2021) for the norm before the blocks and the projection after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.onnx_graph import GraphWriter
from lucida.models.onnx_layers import attention, linear, norm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

#: Part of an exported file's name: raise it whenever the graph changes.
EXPORTER_VERSION = 1

_PREFIX = "visual."
_EPSILON = 1e-5


def build(
    weights: Mapping[str, NDArray[np.floating]],
    *,
    heads: int,
    mean: Sequence[float],
    std: Sequence[float],
    quick_gelu: bool = False,
    quantised: bool = False,
) -> bytes:
    """Serialise the graph.

    The input ``pixels`` is uint8, shape (n, h, w, 3), RGB of the size that the positions are for; the output
    ``vectors`` is float32, shape (n, dimension), rows of unit length.

    Args:
        weights: tensors by the names that open_clip's ``VisionTransformer`` gives them under ``visual.``.
        heads: attention heads per block.
        mean, std: by which the channels, scaled to 0..1, are centred and scaled, three numbers each.
        quick_gelu: whether the blocks use x sigmoid(1.702 x), as OpenAI's own models do.
        quantised: multiply in 8-bit integers.

    Raises:
        KeyError: the weights are those of another kind of tower.
        DependencyError: the package onnx is absent.
    """
    return _Tower(weights, heads, quick_gelu=quick_gelu, quantised=quantised).serialise(mean, std)


class _Tower:
    def __init__(
        self, weights: Mapping[str, NDArray[np.floating]], heads: int, *, quick_gelu: bool, quantised: bool
    ) -> None:
        self._graph = GraphWriter("vit", "export the image encoder")
        self._weights = weights
        self._heads = heads
        self._quick_gelu = quick_gelu
        self._quantised = quantised
        self._width = len(self._tensor("class_embedding"))
        start = len(f"{_PREFIX}transformer.resblocks.")
        numbers = (n[start:].split(".")[0] for n in weights if n.startswith(f"{_PREFIX}transformer.resblocks."))
        self._blocks = 1 + max(map(int, numbers))

    def serialise(self, mean: Sequence[float], std: Sequence[float]) -> bytes:
        graph = self._graph
        x = self._norm(self._tokens(mean, std), "ln_pre")  # (n, t, width)
        for number in range(self._blocks):
            x = self._block(x, f"transformer.resblocks.{number}.")
        first = graph.op("Gather", x, graph.constant(np.int64(0)), axis=1)
        projection = self._tensor("proj")
        projected = graph.op("MatMul", self._norm(first, "ln_post"), graph.constant(projection))
        graph.node("LpNormalization", [projected], ["vectors"], axis=-1, p=2)
        return graph.serialise({"pixels": ("UINT8", ("n", "h", "w", 3))}, {"vectors": ("n", projection.shape[1])})

    def _tokens(self, mean: Sequence[float], std: Sequence[float]) -> str:
        """Patches through one matrix, the class token before them, positions added."""
        graph, kernel = self._graph, self._tensor("conv1.weight")  # (width, 3, patch, patch)
        centre, deviation = np.asarray(mean, dtype=np.float32), np.asarray(std, dtype=np.float32)
        # (x / 255 - mean) / std goes into the matrix: nothing is padded, so every pixel meets it alike.
        scaled = (kernel / (255 * deviation[None, :, None, None])).astype(np.float32)
        shift = -(kernel * (centre / deviation)[None, :, None, None]).sum(axis=(1, 2, 3))
        x = graph.op("Transpose", graph.cast_to_float("pixels"), perm=(0, 3, 1, 2))
        patch = kernel.shape[-1]
        x = graph.op("Conv", x, graph.constant(scaled), graph.constant(shift.astype(np.float32)), strides=(patch,) * 2)
        x = graph.op("Reshape", x, graph.constant(np.array([0, 0, -1])))
        x = graph.op("Transpose", x, perm=(0, 2, 1))
        # One class token per picture: zeros as wide as a patch, broadcast along the batch, plus the token itself.
        zeros = graph.op("Mul", graph.op("Slice", x, *self._span(0, 1)), graph.constant(np.float32(0)))
        token = graph.op("Add", zeros, graph.constant(self._tensor("class_embedding")))
        x = graph.op("Concat", token, x, axis=1)
        return graph.op("Add", x, graph.constant(self._tensor("positional_embedding")))

    def _span(self, start: int, stop: int) -> tuple[str, str, str]:
        """Along the second axis."""
        first, last, axis = (self._graph.constant(np.array([value])) for value in (start, stop, 1))
        return first, last, axis

    def _block(self, x: str, prefix: str) -> str:
        y = self._norm(x, prefix + "ln_1")
        matrices = np.split(self._tensor(prefix + "attn.in_proj_weight"), 3)
        biases = np.split(self._tensor(prefix + "attn.in_proj_bias"), 3)
        query, key, value = (self._linear(y, *pair) for pair in zip(matrices, biases, strict=True))
        mixed = attention(self._graph, (query, key, value), self._heads, self._width)
        x = self._graph.op("Add", x, self._named_linear(mixed, prefix + "attn.out_proj"))
        inner = self._gelu(self._named_linear(self._norm(x, prefix + "ln_2"), prefix + "mlp.c_fc"))
        return self._graph.op("Add", x, self._named_linear(inner, prefix + "mlp.c_proj"))

    def _gelu(self, x: str) -> str:
        if not self._quick_gelu:
            return self._graph.op("Gelu", x)
        scaled = self._graph.op("Mul", x, self._graph.constant(np.float32(1.702)))
        return self._graph.op("Mul", x, self._graph.op("Sigmoid", scaled))

    def _named_linear(self, x: str, name: str) -> str:
        return self._linear(x, self._tensor(name + ".weight"), self._tensor(name + ".bias"))

    def _linear(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        return linear(self._graph, x, matrix.T, bias, eight_bits=self._quantised)

    def _norm(self, x: str, name: str) -> str:
        return norm(self._graph, x, self._tensor(name + ".weight"), self._tensor(name + ".bias"), epsilon=_EPSILON)

    def _tensor(self, name: str) -> NDArray[np.float32]:
        return self._weights[_PREFIX + name].astype(np.float32)

"""The layers that transformers are made of, as nodes of an ONNX graph.

Sources: Vaswani et al., "Attention Is All You Need" (2017); Ba et al., "Layer Normalization" (2016).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lucida.models.onnx_graph import GraphWriter


def linear(
    graph: GraphWriter, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32], *, eight_bits: bool = False
) -> str:
    """Multiply by ``matrix`` of shape (in, out) and add ``bias``. 8 bits scale activations per call."""
    product = _multiply_8bit(graph, x, matrix) if eight_bits else graph.op("MatMul", x, graph.constant(matrix))
    return graph.op("Add", product, graph.constant(bias))


def norm(graph: GraphWriter, x: str, scale: NDArray[np.float32], shift: NDArray[np.float32], *, epsilon: float) -> str:
    """Layer normalisation over the last axis."""
    return graph.op("LayerNormalization", x, graph.constant(scale), graph.constant(shift), epsilon=epsilon)


def attention(graph: GraphWriter, projected: tuple[str, str, str], heads: int, width: int, bias: str = "") -> str:
    """Scaled dot-product attention over slices of the width.

    Args:
        graph: takes the nodes.
        projected: names of queries, keys and values, each of shape (n, t, width).
        heads: slices.
        width: of all heads together.
        bias: name of what is added to the logits, broadcast to (n, heads, t, t); empty for nothing.
    """
    orders = ((0, 2, 1, 3), (0, 2, 3, 1), (0, 2, 1, 3))
    shape = np.array([0, 0, heads, width // heads])
    query, key, value = (
        graph.op("Transpose", graph.op("Reshape", part, graph.constant(shape)), perm=order)
        for part, order in zip(projected, orders, strict=True)
    )
    scale = graph.constant(np.float32(math.sqrt(width // heads)))
    logits = graph.op("Div", graph.op("MatMul", query, key), scale)
    if bias:
        logits = graph.op("Add", logits, bias)
    mixed = graph.op("MatMul", graph.op("Softmax", logits, axis=-1), value)
    merged = graph.op("Transpose", mixed, perm=(0, 2, 1, 3))
    return graph.op("Reshape", merged, graph.constant(np.array([0, 0, width])))


def _multiply_8bit(graph: GraphWriter, x: str, matrix: NDArray[np.float32]) -> str:
    """Symmetric weights, one scale per column; the runtime fuses these nodes into one kernel."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / np.float32(127)
    levels = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
    numbers, x_scale, x_zero = graph.outputs("DynamicQuantizeLinear", [x], 3)
    zeros = graph.constant(np.zeros(len(scale), dtype=np.int8))
    product = graph.op("MatMulInteger", numbers, graph.constant(levels), x_zero, zeros)
    return graph.op("Mul", graph.cast_to_float(product), graph.op("Mul", x_scale, graph.constant(scale)))

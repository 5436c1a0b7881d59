"""Writes the image tower of ``mini`` as one self-contained ONNX graph: raw pixels in, unit vectors out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.onnx_graph import GraphWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.mini.gernet import Block, Convolution, Tower

#: Part of the exported file's name: raise it whenever the graph changes.
EXPORTER_VERSION = 1


def build(tower: Tower, *, mean: Sequence[float], std: Sequence[float]) -> bytes:
    """Serialise the graph.

    The input ``pixels`` is uint8, shape (n, h, w, 3), RGB. Outputs are ``vectors``, float32, shape (n, dimension),
    rows of unit length, and ``patches``, float32, shape (n, h / 32, w / 32, channels): what the tower saw in each
    place, before the projection.

    Args:
        tower: as ``gernet.read`` gives it.
        mean, std: by which the channels, scaled to 0..1, are centred and scaled, three numbers each.

    Raises:
        DependencyError: the package onnx is absent.
    """
    graph = GraphWriter("gernet", "export the image encoder")
    x = _centred(graph, mean, std)
    x = _convolve(graph, x, tower.stem, relu=True)
    for block in tower.blocks:
        x = _block(graph, x, block)
    x = _convolve(graph, x, tower.final, relu=True)
    graph.node("Transpose", [x], ["patches"], perm=(0, 2, 3, 1))
    pooled = graph.op("Flatten", graph.op("GlobalAveragePool", x))
    projected = graph.op("MatMul", pooled, graph.constant(tower.projection.T))
    graph.node("LpNormalization", [projected], ["vectors"], axis=-1, p=2)
    dimension, channels = tower.projection.shape
    return graph.serialise(
        {"pixels": ("UINT8", ("n", "h", "w", 3))},
        {"vectors": ("n", dimension), "patches": ("n", "h_patches", "w_patches", channels)},
    )


def _centred(graph: GraphWriter, mean: Sequence[float], std: Sequence[float]) -> str:
    """(x / 255 - mean) / std as one product and one sum; (n, h, w, 3) to (n, 3, h, w)."""
    x = graph.op("Transpose", graph.cast_to_float("pixels"), perm=(0, 3, 1, 2))
    centre, deviation = (np.asarray(values, dtype=np.float64).reshape(3, 1, 1) for values in (mean, std))
    scaled = graph.op("Mul", x, graph.constant((1 / (255 * deviation)).astype(np.float32)))
    return graph.op("Add", scaled, graph.constant((-centre / deviation).astype(np.float32)))


def _block(graph: GraphWriter, x: str, block: Block) -> str:
    shortcut = x if block.shortcut is None else _convolve(graph, x, block.shortcut, relu=False)
    for number, convolution in enumerate(block.main, start=1):
        x = _convolve(graph, x, convolution, relu=number < len(block.main))
    return graph.op("Relu", graph.op("Add", x, shortcut))


def _convolve(graph: GraphWriter, x: str, convolution: Convolution, *, relu: bool) -> str:
    weight, bias = graph.constant(convolution.weight), graph.constant(convolution.bias)
    y = graph.op(
        "Conv",
        x,
        weight,
        bias,
        strides=(convolution.stride,) * 2,
        pads=(convolution.padding,) * 4,
        group=convolution.groups,
    )
    return graph.op("Relu", y) if relu else y

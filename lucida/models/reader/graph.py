"""Writes the reader's network as one self-contained ONNX graph, straight from its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.bert_onnx import BertLayers
from lucida.models.onnx_graph import GraphWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Part of the exported file's name: raise it whenever the graph changes.
EXPORTER_VERSION = 1


def build(weights: Mapping[str, NDArray[np.float32]], *, heads: int, first_layer: int) -> bytes:
    """Serialise the graph.

    Inputs are ``input_ids``, ``attention_mask``, ``token_types`` and ``marks`` (int64, shape (n, t)); outputs are
    ``logits`` (float32, (n, t, 2)) and ``answerable`` (float32, (n, 1)).

    Args:
        weights: as ``files.merged`` gives them.
        heads: attention heads per layer.
        first_layer: the layer whose input takes the marks.

    Raises:
        DependencyError: the package onnx is absent.
    """
    graph = GraphWriter("reader", "export the reader")
    layers = BertLayers(graph, weights, heads)
    bias = layers.bias(graph.cast_to_float("attention_mask"))
    x = layers.embeddings("token_types")
    for number in range(layers.count):
        if number == first_layer:
            x = graph.op("Add", x, graph.op("Gather", graph.constant(weights["marks.weight"]), "marks"))
        x = layers.layer(x, bias, number)
    graph.node("Identity", [layers.linear(x, "span")], ["logits"])
    first = graph.op("Gather", x, graph.constant(np.int64(0)), axis=1)  # [CLS], (n, hidden)
    sure = layers.linear(graph.op("Gelu", layers.linear(first, "answerable.dense")), "answerable.out")
    graph.node("Identity", [sure], ["answerable"])
    names = ("input_ids", "attention_mask", "token_types", "marks")
    return graph.serialise(
        dict.fromkeys(names, ("INT64", ("n", "t"))), {"logits": ("n", "t", 2), "answerable": ("n", 1)}
    )

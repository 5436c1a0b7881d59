"""Writes a BERT text tower with mean pooling as one self-contained ONNX graph, straight from its weights.

Building the graph by hand lets pooling and normalisation run inside it.

Sources: Devlin et al., "BERT" (2019); Reimers and Gurevych, "Sentence-BERT" (2019) for the pooling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lucida.models.onnx_graph import GraphWriter
from lucida.models.onnx_layers import attention, linear, norm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Part of the exported file's name: raise it whenever the graph changes.
EXPORTER_VERSION = 1

_EPSILON = 1e-12
#: Added to attention logits of padding. Its exponential is 0 in float32.
_MASKED = -1e4


def build(weights: Mapping[str, NDArray[np.float32]], *, heads: int, quantised: bool = False) -> bytes:
    """Serialise the graph.

    Inputs are ``input_ids`` and ``attention_mask`` (int64, shape (n, t)); the output ``vectors`` is float32, shape
    (n, hidden), rows of unit length.

    Args:
        weights: tensors by the names that Hugging Face's ``BertModel`` gives them.
        heads: attention heads per layer.
        quantised: multiply in 8-bit integers: weights per output channel, activations per tensor and call.

    Raises:
        DependencyError: the package onnx is absent.
    """
    return _Tower(weights, heads, quantised=quantised).serialise()


class _Tower:
    """Collects nodes and constants while the layers are laid out in order."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], heads: int, *, quantised: bool) -> None:
        self._graph = GraphWriter("bert", "export the text encoder")
        self._op, self._constant = self._graph.op, self._graph.constant
        self._weights = weights
        self._heads = heads
        self._quantised = quantised
        self._hidden = int(weights["embeddings.word_embeddings.weight"].shape[1])
        self._layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))

    def serialise(self) -> bytes:
        mask = self._graph.cast_to_float("attention_mask")
        masked = self._op(
            "Mul", self._op("Sub", self._constant(np.float32(1)), mask), self._constant(np.float32(_MASKED))
        )
        bias = self._op("Unsqueeze", masked, self._constant(np.array([1, 2])))  # (n, 1, 1, t)
        x = self._embeddings()
        for number in range(self._layers):
            x = self._layer(x, bias, number)
        self._pool(x, mask)
        inputs = dict.fromkeys(("input_ids", "attention_mask"), ("INT64", ("n", "t")))
        return self._graph.serialise(inputs, {"vectors": ("n", self._hidden)})

    def _embeddings(self) -> str:
        # Every text is one segment, so the type embedding is a constant that folds into the words'.
        words = self._weights["embeddings.word_embeddings.weight"]
        table = self._constant(words + self._weights["embeddings.token_type_embeddings.weight"][0])
        places = self._constant(self._weights["embeddings.position_embeddings.weight"])
        zero, length = self._constant(np.array([0])), self._op("Shape", "input_ids", start=1, end=2)
        x = self._op("Add", self._op("Gather", table, "input_ids"), self._op("Slice", places, zero, length, zero))
        return self._norm(x, "embeddings.LayerNorm")  # (n, t, hidden)

    def _layer(self, x: str, bias: str, number: int) -> str:
        prefix = f"encoder.layer.{number}."
        attended = self._linear(self._attention(x, bias, prefix), prefix + "attention.output.dense")
        x = self._norm(self._op("Add", attended, x), prefix + "attention.output.LayerNorm")
        inner = self._op("Gelu", self._linear(x, prefix + "intermediate.dense"))
        # After GELU a few channels are far larger than the rest, most so in the lower half of the tower; one 8-bit
        # scale for all of them costs more there than everywhere else together.
        exact = number < self._layers // 2
        outer = self._linear(inner, prefix + "output.dense", exact=exact)
        return self._norm(self._op("Add", outer, x), prefix + "output.LayerNorm")

    def _attention(self, x: str, bias: str, prefix: str) -> str:
        query, key, value = (self._linear(x, f"{prefix}attention.self.{part}") for part in ("query", "key", "value"))
        return attention(self._graph, (query, key, value), self._heads, self._hidden, bias)

    def _pool(self, x: str, mask: str) -> None:
        # The mean's divisor vanishes in the normalisation, so the masked sum is enough.
        row = self._op("Unsqueeze", mask, self._constant(np.array([1])))  # (n, 1, t)
        total = self._op("Squeeze", self._op("MatMul", row, x), self._constant(np.array([1])))
        self._graph.node("LpNormalization", [total], ["vectors"], axis=-1, p=2)

    def _norm(self, x: str, name: str) -> str:
        scale, shift = self._weights[name + ".weight"], self._weights[name + ".bias"]
        return norm(self._graph, x, scale, shift, epsilon=_EPSILON)

    def _linear(self, x: str, name: str, *, exact: bool = False) -> str:
        matrix, bias = self._weights[name + ".weight"].T, self._weights[name + ".bias"]
        return linear(self._graph, x, matrix, bias, eight_bits=self._quantised and not exact)

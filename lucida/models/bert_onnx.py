"""Writes a BERT text tower with mean pooling as one self-contained ONNX graph, straight from its weights.

Building the graph by hand lets pooling and normalisation run inside it.

Sources: Devlin et al., "BERT" (2019); Reimers and Gurevych, "Sentence-BERT" (2019) for the pooling.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lucida.models.onnx_graph import GraphWriter

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
        """Scaled dot-product attention over ``heads`` slices of the hidden size."""
        query = self._split_heads(self._linear(x, prefix + "attention.self.query"), (0, 2, 1, 3))
        key = self._split_heads(self._linear(x, prefix + "attention.self.key"), (0, 2, 3, 1))
        value = self._split_heads(self._linear(x, prefix + "attention.self.value"), (0, 2, 1, 3))
        scale = self._constant(np.float32(math.sqrt(self._hidden // self._heads)))
        logits = self._op("Add", self._op("Div", self._op("MatMul", query, key), scale), bias)  # (n, heads, t, t)
        mixed = self._op("MatMul", self._op("Softmax", logits, axis=-1), value)
        merged = self._op("Transpose", mixed, perm=(0, 2, 1, 3))
        return self._op("Reshape", merged, self._constant(np.array([0, 0, self._hidden])))

    def _split_heads(self, x: str, order: tuple[int, ...]) -> str:
        shape = np.array([0, 0, self._heads, self._hidden // self._heads])
        return self._op("Transpose", self._op("Reshape", x, self._constant(shape)), perm=order)

    def _pool(self, x: str, mask: str) -> None:
        # The mean's divisor vanishes in the normalisation, so the masked sum is enough.
        row = self._op("Unsqueeze", mask, self._constant(np.array([1])))  # (n, 1, t)
        total = self._op("Squeeze", self._op("MatMul", row, x), self._constant(np.array([1])))
        self._graph.node("LpNormalization", [total], ["vectors"], axis=-1, p=2)

    def _norm(self, x: str, name: str) -> str:
        scale, shift = (self._constant(self._weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._op("LayerNormalization", x, scale, shift, epsilon=_EPSILON)

    def _linear(self, x: str, name: str, *, exact: bool = False) -> str:
        matrix = self._weights[name + ".weight"].T  # (in, out)
        if self._quantised and not exact:
            product = self._multiply_8bit(x, matrix, name)
        else:
            product = self._op("MatMul", x, self._constant(matrix))
        return self._op("Add", product, self._constant(self._weights[name + ".bias"]))

    def _multiply_8bit(self, x: str, matrix: NDArray[np.float32], name: str) -> str:
        """Symmetric weights, one scale per column; the runtime fuses these nodes into one kernel."""
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / np.float32(127)
        levels = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
        numbers, x_scale, x_zero = (f"{kind}_of_{name}" for kind in ("levels", "scale", "zero"))
        self._graph.node("DynamicQuantizeLinear", [x], [numbers, x_scale, x_zero])
        zeros = self._constant(np.zeros(len(scale), dtype=np.int8))
        product = self._op("MatMulInteger", numbers, self._constant(levels), x_zero, zeros)
        return self._op("Mul", self._graph.cast_to_float(product), self._op("Mul", x_scale, self._constant(scale)))

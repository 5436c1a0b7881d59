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
    graph = GraphWriter("bert", "export the text encoder")
    layers = BertLayers(graph, weights, heads, quantised=quantised)
    mask = graph.cast_to_float("attention_mask")
    bias = layers.bias(mask)
    x = layers.embeddings()
    for number in range(layers.count):
        x = layers.layer(x, bias, number)
    _pool(graph, x, mask)
    inputs = dict.fromkeys(("input_ids", "attention_mask"), ("INT64", ("n", "t")))
    return graph.serialise(inputs, {"vectors": ("n", layers.hidden)})


def _pool(graph: GraphWriter, x: str, mask: str) -> None:
    # The mean's divisor vanishes in the normalisation, so the masked sum is enough.
    row = graph.op("Unsqueeze", mask, graph.constant(np.array([1])))  # (n, 1, t)
    total = graph.op("Squeeze", graph.op("MatMul", row, x), graph.constant(np.array([1])))
    graph.node("LpNormalization", [total], ["vectors"], axis=-1, p=2)


class BertLayers:
    """BERT's parts as nodes of a graph, laid out in order.

    Args:
        graph: takes the nodes.
        weights: tensors by the names that Hugging Face's ``BertModel`` gives them.
        heads: attention heads per layer.
        quantised: multiply in 8-bit integers; see ``build``.

    Attributes:
        hidden: width of the tower.
        count: how many layers it has.
    """

    def __init__(
        self, graph: GraphWriter, weights: Mapping[str, NDArray[np.float32]], heads: int, *, quantised: bool = False
    ) -> None:
        self._graph = graph
        self._op, self._constant = graph.op, graph.constant
        self._weights = weights
        self._heads = heads
        self._quantised = quantised
        self.hidden = int(weights["embeddings.word_embeddings.weight"].shape[1])
        self.count = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))

    def bias(self, mask: str) -> str:
        """What is added to attention logits so that padding is not seen, shape (n, 1, 1, t); ``mask`` is float."""
        masked = self._op(
            "Mul", self._op("Sub", self._constant(np.float32(1)), mask), self._constant(np.float32(_MASKED))
        )
        return self._op("Unsqueeze", masked, self._constant(np.array([1, 2])))

    def embeddings(self, types: str = "") -> str:
        """Embed ``input_ids``, shape (n, t, hidden).

        Args:
            types: name of the tokens' types (int64, (n, t)); empty where every text is one segment.
        """
        words = self._weights["embeddings.word_embeddings.weight"]
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        # Of one segment the type embedding is a constant that folds into the words'.
        table = self._constant(words if types else words + kinds[0])
        places = self._constant(self._weights["embeddings.position_embeddings.weight"])
        zero, length = self._constant(np.array([0])), self._op("Shape", "input_ids", start=1, end=2)
        x = self._op("Add", self._op("Gather", table, "input_ids"), self._op("Slice", places, zero, length, zero))
        if types:
            x = self._op("Add", x, self._op("Gather", self._constant(kinds), types))
        return self.norm(x, "embeddings.LayerNorm")

    def layer(self, x: str, bias: str, number: int) -> str:
        """One layer, shape (n, t, hidden) to the same."""
        prefix = f"encoder.layer.{number}."
        attended = self.linear(self._attention(x, bias, prefix), prefix + "attention.output.dense")
        x = self.norm(self._op("Add", attended, x), prefix + "attention.output.LayerNorm")
        inner = self._op("Gelu", self.linear(x, prefix + "intermediate.dense"))
        # After GELU a few channels are far larger than the rest, most so in the lower half of the tower; one 8-bit
        # scale for all of them costs more there than everywhere else together.
        exact = number < self.count // 2
        outer = self.linear(inner, prefix + "output.dense", exact=exact)
        return self.norm(self._op("Add", outer, x), prefix + "output.LayerNorm")

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation by the weights of a name."""
        scale, shift = self._weights[name + ".weight"], self._weights[name + ".bias"]
        return norm(self._graph, x, scale, shift, epsilon=_EPSILON)

    def linear(self, x: str, name: str, *, exact: bool = False) -> str:
        """A linear layer by the weights of a name; ``exact`` keeps it in float32."""
        matrix, bias = self._weights[name + ".weight"].T, self._weights[name + ".bias"]
        return linear(self._graph, x, matrix, bias, eight_bits=self._quantised and not exact)

    def _attention(self, x: str, bias: str, prefix: str) -> str:
        query, key, value = (self.linear(x, f"{prefix}attention.self.{part}") for part in ("query", "key", "value"))
        return attention(self._graph, (query, key, value), self._heads, self.hidden, bias)

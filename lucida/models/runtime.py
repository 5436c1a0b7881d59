"""Ways to execute a text tower. Each takes padded token ids and gives unit vectors of the same space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lucida.lazy import require
from lucida.models.onnx_session import OnnxGraph

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lucida.models.protocols import Vectors


class Runtime(Protocol):
    """Executes one tower. ``name`` tells what it is in measurements and logs."""

    @property
    def name(self) -> str: ...

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Encode one padded batch; both arrays have shape (n, t), the result (n, dimension), rows of unit length."""
        ...


class OnnxRuntime(OnnxGraph):
    """onnxruntime on the processor, over an ONNX file as ``bert_onnx`` writes it."""

    purpose = "encode text"

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Encode one padded batch; see ``Runtime``."""
        return self._ask("vectors", input_ids=ids, attention_mask=mask)


class TorchRuntime:
    """PyTorch, written out as plain functions: the reference for the ONNX graph, and the path to bfloat16 products.

    Args:
        weights: a safetensors file with the tensor names of Hugging Face's ``BertModel``.
        heads: attention heads per layer.
        bfloat16: hold weights and activations in bfloat16; pooling stays in float32.

    Raises:
        DependencyError: the package torch is absent.
    """

    def __init__(self, weights: Path, *, heads: int, bfloat16: bool = False) -> None:
        self.name = "torch-bf16" if bfloat16 else "torch-fp32"
        self._torch: Any = require("torch", "encode text in bfloat16")
        loaded = require("safetensors.torch", "read weights").load_file(str(weights))
        self._dtype = self._torch.bfloat16 if bfloat16 else self._torch.float32
        self._weights = {name: tensor.to(self._dtype) for name, tensor in loaded.items() if tensor.is_floating_point()}
        self._heads = heads
        self._layers = 1 + max(int(name.split(".")[2]) for name in self._weights if name.startswith("encoder.layer."))

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        torch = self._torch
        with torch.inference_mode():
            tokens, present = torch.from_numpy(ids), torch.from_numpy(mask).bool()
            x = self._embed(tokens)
            for number in range(self._layers):
                x = self._layer(x, present[:, None, None, :], f"encoder.layer.{number}.")
            total = (x.float() * present[:, :, None]).sum(dim=1)
            vectors: Vectors = torch.nn.functional.normalize(total, dim=1).numpy()
        return vectors

    def _embed(self, tokens: Any) -> Any:
        functional, weights = self._torch.nn.functional, self._weights
        x = functional.embedding(tokens, weights["embeddings.word_embeddings.weight"])
        x = x + weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm(x, "embeddings.LayerNorm")  # (n, t, hidden)

    def _layer(self, x: Any, present: Any, prefix: str) -> Any:
        functional = self._torch.nn.functional
        n, t, hidden = x.shape
        query, key, value = (
            self._linear(x, f"{prefix}attention.self.{part}").view(n, t, self._heads, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=present)
        attended = self._linear(mixed.transpose(1, 2).reshape(n, t, hidden), prefix + "attention.output.dense")
        x = self._norm(attended + x, prefix + "attention.output.LayerNorm")
        inner = functional.gelu(self._linear(x, prefix + "intermediate.dense"))
        return self._norm(self._linear(inner, prefix + "output.dense") + x, prefix + "output.LayerNorm")

    def _linear(self, x: Any, name: str) -> Any:
        return self._torch.nn.functional.linear(x, self._weights[name + ".weight"], self._weights[name + ".bias"])

    def _norm(self, x: Any, name: str) -> Any:
        scale, shift = self._weights[name + ".weight"], self._weights[name + ".bias"]
        return self._torch.nn.functional.layer_norm(x, (x.shape[-1],), scale, shift, 1e-12)

"""The reader's network in torch, written out as plain functions over named tensors.

Two parametrisations, and both at once: the upper layers' own weights learn, or low-rank products on top of frozen ones
do (Hu et al., "LoRA", 2021), beside which the biases and the layer norms learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require
from lucida.models.protocols import MARKS

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from lucida.training.reader.examples import Batch

    Tensors = dict[str, torch.Tensor]

#: Attention heads of MiniLM; the one size that the tensors' shapes do not tell.
HEADS = 12
_EPSILON = 1e-12
_LINEAR = (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    "intermediate.dense", "output.dense",
)  # fmt: skip


class SpanNetwork:
    """MiniLM with a span head.

    Args:
        base: MiniLM's tensors, float32; they stay as they are.
        own: what is trained, by the names under which a reader is stored.
        first_layer: the first layer that is trained; the marks come in before it.
        device: "cpu" or "cuda".
    """

    def __init__(self, base: Tensors, own: Tensors, first_layer: int, device: str = "cpu") -> None:
        self.base, self.own, self.first_layer, self.device = base, own, first_layer, device
        self.layers = layers_in(base)

    @classmethod
    def fresh(cls, base: Tensors, *, layers: int, rank: int, seed: int, device: str = "cpu") -> SpanNetwork:
        """A network that gives MiniLM's own features, with new heads.

        Args:
            base: MiniLM's tensors.
            layers: how many upper layers learn.
            rank: of the low-rank products; 0 trains the layers' own weights.
            seed: of the new weights.
            device: "cpu" or "cuda".
        """
        import torch

        generator = torch.Generator().manual_seed(seed)
        hidden = base["embeddings.word_embeddings.weight"].shape[1]
        first = layers_in(base) - layers

        def random(*shape: int, scale: float = 0.02) -> torch.Tensor:
            return scale * torch.randn(*shape, generator=generator)

        own: Tensors = {
            "marks.weight": torch.zeros(MARKS, hidden),
            "span.weight": random(2, hidden),
            "span.bias": torch.zeros(2),
            "answerable.dense.weight": random(hidden, hidden),
            "answerable.dense.bias": torch.zeros(hidden),
            "answerable.out.weight": random(1, hidden),
            "answerable.out.bias": torch.zeros(1),
        }
        for number in range(first, first + layers):
            prefix = f"encoder.layer.{number}."
            inside = {name: tensor for name, tensor in base.items() if name.startswith(prefix)}
            matrices = {f"{prefix}{part}.weight" for part in _LINEAR}
            own |= {name: tensor.clone() for name, tensor in inside.items() if not rank or name not in matrices}
            for part in _LINEAR if rank else ():
                out, into = base[f"{prefix}{part}.weight"].shape
                own[f"{prefix}{part}.down"] = random(rank, into, scale=into**-0.5)
                own[f"{prefix}{part}.up"] = torch.zeros(out, rank)
        own = {name: tensor.to(device).requires_grad_() for name, tensor in own.items()}
        return cls({name: tensor.to(device) for name, tensor in base.items()}, own, first, device)

    def with_tensors(self, own: Tensors) -> SpanNetwork:
        """The same network with other trained tensors."""
        return SpanNetwork(self.base, own, self.first_layer, self.device)

    def forward(self, batch: Batch, dropout: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of first and last token (n, t, 2), and of there being an answer (n,), both float32."""
        import torch

        ids, types, marks = (torch.from_numpy(rows).to(self.device) for rows in (batch.ids, batch.types, batch.marks))
        present = torch.from_numpy(batch.mask).to(self.device).bool()[:, None, None, :]
        with torch.no_grad():
            x = self._embed(ids, types)
            for number in range(self.first_layer):
                x = self._layer(x, present, number, 0.0)
        x = x + torch.nn.functional.embedding(marks, self.own["marks.weight"])
        for number in range(self.first_layer, self.layers):
            x = self._layer(x, present, number, dropout)
        x = torch.nn.functional.dropout(x, dropout, training=dropout > 0)
        sure = torch.nn.functional.gelu(self._linear(x[:, 0], "answerable.dense"))
        return self._linear(x, "span").float(), self._linear(sure, "answerable.out").float()[:, 0]

    def _tensor(self, name: str) -> Any:
        return self.own[name] if name in self.own else self.base[name]

    def _embed(self, ids: Any, types: Any) -> Any:
        import torch

        embedding = torch.nn.functional.embedding
        x = embedding(ids, self.base["embeddings.word_embeddings.weight"])
        x = x + self.base["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = x + embedding(types, self.base["embeddings.token_type_embeddings.weight"])
        return self._norm(x, "embeddings.LayerNorm")

    def _layer(self, x: Any, present: Any, number: int, dropout: float) -> Any:
        import torch

        functional, prefix = torch.nn.functional, f"encoder.layer.{number}."
        n, t, hidden = x.shape
        query, key, value = (
            self._linear(x, f"{prefix}attention.self.{part}").view(n, t, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=present)
        attended = self._linear(mixed.transpose(1, 2).reshape(n, t, hidden), prefix + "attention.output.dense")
        attended = functional.dropout(attended, dropout, training=dropout > 0)
        x = self._norm(attended + x, prefix + "attention.output.LayerNorm")
        outer = self._linear(functional.gelu(self._linear(x, prefix + "intermediate.dense")), prefix + "output.dense")
        outer = functional.dropout(outer, dropout, training=dropout > 0)
        return self._norm(outer + x, prefix + "output.LayerNorm")

    def _linear(self, x: Any, name: str) -> Any:
        import torch

        linear = torch.nn.functional.linear
        made = linear(x, self._tensor(name + ".weight"), self._tensor(name + ".bias"))
        if (down := self.own.get(name + ".down")) is not None:
            made = made + linear(linear(x, down), self.own[name + ".up"])
        return made

    def _norm(self, x: Any, name: str) -> Any:
        import torch

        weight, bias = self._tensor(name + ".weight"), self._tensor(name + ".bias")
        return torch.nn.functional.layer_norm(x.float(), (x.shape[-1],), weight, bias, _EPSILON)


class TorchSpans:
    """A network as a ``SpanRuntime``.

    Args:
        network: what judges.
        bfloat16: multiply in bfloat16; float32 is what an exported graph is held against.
    """

    def __init__(self, network: SpanNetwork, *, bfloat16: bool = True) -> None:
        self._network, self._bfloat16 = network, bfloat16

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64], marks: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See ``SpanRuntime``."""
        import torch

        from lucida.training.reader.examples import Batch

        none = np.zeros(len(ids), dtype=np.int64)
        batch = Batch(ids, mask, types, marks, mask.astype(bool), none, none)
        lowered = torch.autocast(self._network.device, dtype=torch.bfloat16, enabled=self._bfloat16)
        with torch.inference_mode(), lowered:
            logits, answerable = self._network.forward(batch)
        return logits.cpu().numpy(), answerable.cpu().numpy()


def layers_in(tensors: Mapping[str, Any]) -> int:
    """How many layers a BERT tower has."""
    return 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layer."))


def read_base(weights: Any) -> Tensors:
    """MiniLM's tensors in float32, those that the reader needs.

    Args:
        weights: path of its safetensors file.
    """
    loaded = require("safetensors.torch", "train a reader").load_file(str(weights))
    return {
        name: tensor.float()
        for name, tensor in loaded.items()
        if tensor.is_floating_point() and not name.startswith("pooler.")
    }

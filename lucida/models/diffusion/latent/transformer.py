"""A diffusion transformer with one vector as its condition.

Peebles & Xie, "Scalable Diffusion Models with Transformers" (2023): patches of latents as tokens, time and condition by
adaptive layer norms that begin as the identity (AdaLN-Zero). diffusers' own ``DiTTransformer2DModel`` takes numbers of
classes alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from lucida.lazy import require

NAME = "SpaceTransformer"
_PURPOSE = "draw pictures"


@cache
def transformer_class() -> Any:
    """The model, a ``ModelMixin`` of diffusers; made when it is first needed, since its bases are heavy to import."""
    torch, diffusers = require("torch", _PURPOSE), require("diffusers", _PURPOSE)
    register = require("diffusers.configuration_utils", _PURPOSE).register_to_config
    embeddings = require("diffusers.models.embeddings", _PURPOSE)
    nn = torch.nn
    block = _block_class()

    class SpaceTransformer(diffusers.ModelMixin, diffusers.ConfigMixin):  # type: ignore[name-defined,misc]
        """Latents (n, c, h, w), times (n,) and conditions (n, d) to a prediction of the latents' shape."""

        @register  # type: ignore[untyped-decorator]
        def __init__(
            self,
            sample_size: int = 16,
            in_channels: int = 4,
            patch_size: int = 2,
            width: int = 256,
            layers: int = 6,
            heads: int = 4,
            condition_dim: int = 384,
        ) -> None:
            super().__init__()
            self.into = nn.Conv2d(in_channels, width, patch_size, patch_size)
            self.time_proj = embeddings.Timesteps(256, flip_sin_to_cos=True, downscale_freq_shift=0)
            self.time_embedding = embeddings.TimestepEmbedding(256, width)
            self.condition_embedding = embeddings.TimestepEmbedding(condition_dim, width)
            self.blocks = nn.ModuleList([block(width, heads) for _ in range(layers)])
            self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
            self.tone = nn.Linear(width, 2 * width)
            self.out = nn.Linear(width, patch_size * patch_size * in_channels)
            for layer in (self.tone, self.out, *(one.tone for one in self.blocks)):
                nn.init.zeros_(layer.weight)
                nn.init.zeros_(layer.bias)

        def forward(self, sample: Any, timestep: Any, class_labels: Any) -> Any:
            """Predict.

            Args:
                sample: (n, c, h, w), sides whole multiples of the patch.
                timestep: (n,) or one for all.
                class_labels: (n, d), as the U-Net of diffusers calls it.
            """
            patch = self.config.patch_size
            tokens = self.into(sample)  # (n, width, h', w')
            rows, columns = tokens.shape[-2:]
            tokens = tokens.flatten(2).transpose(1, 2) + _places(rows, columns, tokens.shape[1], tokens)
            times = self.time_proj(timestep.expand(len(sample))).to(sample.dtype)
            asked = nn.functional.silu(self.time_embedding(times) + self.condition_embedding(class_labels))
            for one in self.blocks:
                tokens = one(tokens, asked)
            shift, scale = self.tone(asked).unsqueeze(1).chunk(2, dim=2)
            told = self.out(self.norm(tokens) * (1 + scale) + shift)  # (n, h' w', patch patch c)
            grid = told.view(len(sample), rows, columns, patch, patch, -1)
            return grid.permute(0, 5, 1, 3, 2, 4).reshape(len(sample), -1, rows * patch, columns * patch)

    return SpaceTransformer


@cache
def _block_class() -> Any:
    torch = require("torch", _PURPOSE)
    nn = torch.nn

    class Block(nn.Module):  # type: ignore[name-defined,misc]
        """Attention and a layer of two matrices, each shifted, scaled and let through as the condition says."""

        def __init__(self, width: int, heads: int) -> None:
            super().__init__()
            self.heads = heads
            self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
            self.into, self.from_heads = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.tone = nn.Linear(width, 6 * width)

        def forward(self, tokens: Any, asked: Any) -> Any:
            shift, scale, gate, shift2, scale2, gate2 = self.tone(asked).unsqueeze(1).chunk(6, dim=2)
            tokens = tokens + gate * self._attended(self.norm(tokens) * (1 + scale) + shift)
            inner = nn.functional.gelu(self.wide(self.norm(tokens) * (1 + scale2) + shift2), approximate="tanh")
            return tokens + gate2 * self.narrow(inner)

        def _attended(self, tokens: Any) -> Any:
            many, places, width = tokens.shape
            heads = self.into(tokens).view(many, places, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            found = _attention(*heads)  # (n, heads, places, width / heads)
            return self.from_heads(found.transpose(1, 2).reshape(many, places, width))

    return Block


def _attention(queries: Any, keys: Any, values: Any) -> Any:
    """Attention; written out on a processor, where for so few places torch's own takes a third longer to learn from."""
    torch = require("torch", _PURPOSE)
    if queries.device.type != "cpu":
        return torch.nn.functional.scaled_dot_product_attention(queries, keys, values)
    scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
    return scores.softmax(dim=-1).to(values.dtype) @ values


def _places(rows: int, columns: int, width: int, like: Any) -> Any:
    """Sines and cosines of each place's row and column, (1, rows columns, width): grids of any size have them."""
    torch = require("torch", _PURPOSE)
    quarter = width // 4
    speeds = 100.0 ** -(torch.arange(quarter, dtype=torch.float32) / quarter)
    parts = []
    for axis in torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"):
        angles = axis.reshape(-1, 1) * speeds
        parts += [angles.sin(), angles.cos()]
    return torch.cat(parts, dim=1).to(like.device, like.dtype).unsqueeze(0)

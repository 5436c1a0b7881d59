"""Keeps what a model made of a page, so that the next question about the page computes its own words only.

A transformer that reads from left to right makes, of each token, keys and values that depend on nothing behind it
(Pope et al., "Efficiently Scaling Transformer Inference", 2023). They are kept for the prompt up to the end of its last
picture. Every prompt is computed in these two steps, whether the first was known or not: the same question gets the
same answer to the last bit.
"""

from __future__ import annotations

import copy
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

#: Architectures where the two steps were tested to say what one step says. Others may look from a picture at the
#: words behind it (PaliGemma), or keep other things than keys and values.
TESTED = frozenset(
    (
        "fast_vlm",
        "gemma3",
        "idefics3",
        "internvl",
        "llava",
        "llava_next",
        "llava_onevision",
        "mistral3",
        "qwen2_5_vl",
        "qwen2_vl",
        "qwen3_vl",
        "smolvlm",
    )
)
#: Layers that hold keys and values and nothing else.
_PLAIN = frozenset(("DynamicLayer", "DynamicSlidingWindowLayer"))
#: About ten pages of a model of 7 billion parameters, and more of a smaller one.
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a prompt, computed.

    Attributes:
        cache: of transformers; copied before use.
        tokens: its length.
        positions: what the model remembers of places besides, by module.
        size: in bytes.
    """

    cache: Any
    tokens: int
    positions: tuple[tuple[Any, Any], ...]
    size: int

    def taken(self) -> Any:
        """A cache that generation may write to, with the model's memory of places put back."""
        for module, deltas in self.positions:
            module.rope_deltas = deltas
        return copy.deepcopy(self.cache)


class Prefixes:
    """The last used beginnings, as many as fit.

    Args:
        most_bytes: of all together.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, Prefix] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(prefix.size for prefix in self._kept.values())

    def get(self, key: str) -> Prefix | None:
        """What is kept under a key."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: str, prefix: Prefix) -> None:
        """Keep one, and let the longest unused go; one that is too large alone is not kept."""
        if prefix.size > self._most:
            return
        self._kept[key] = prefix
        self._kept.move_to_end(key)
        while self.size > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Let all go."""
        self._kept.clear()


def key_of(pictures: Sequence[Image], ids: Sequence[int]) -> str:
    """Hash of the pictures' pixels and of the tokens before, between and in their places."""
    digest = hashlib.blake2b(digest_size=24)
    for picture in pictures:
        digest.update(f"{picture.mode} {picture.size} ".encode())
        digest.update(picture.tobytes())
    digest.update(",".join(map(str, ids)).encode())
    return digest.hexdigest()


def computed(cache: Any, tokens: int, model: Any) -> Prefix | None:
    """What a model has just computed, ready to keep; None where its cache holds other things than keys and values."""
    layers = getattr(cache, "layers", None)
    if not layers or any(type(layer).__name__ not in _PLAIN for layer in layers):
        return None
    if cache.get_seq_length() != tokens:
        return None
    tensors = [tensor for layer in layers for tensor in (layer.keys, layer.values) if tensor is not None]
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    # Qwen's models keep, beside the cache, how far places in text and picture have drifted apart.
    positions = tuple((module, module.rope_deltas) for module in model.modules() if hasattr(module, "rope_deltas"))
    return Prefix(cache, tokens, positions, size)

"""Where the embedded vision-language model begins: words and pictures in the encoder's own space.

The eye was taught to say, of a picture, about the vector that a sentence encoder says of its words. A language model
that begins with those vectors, for its tokens and for a picture's places, finds names near what they name before its
first step; from nothing it would have to learn each of them by itself. After Rothe et al., "Leveraging Pre-trained
Checkpoints for Sequence Generation Tasks" (2020), who begin with whole layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

#: Length of a token's vector: of a standing state of length sqrt(width) it makes a logit of about sixteen.
_LENGTH = 1.0
#: How far into its straight part the projector's GELU is pushed, and the spread of what passes it.
_STRAIGHT, _SPREAD = 3.0, 0.7
#: Fewer letters say nothing by themselves.
_WORD = 3


@dataclass(frozen=True, slots=True)
class Space:
    """The encoder's space.

    Attributes:
        head: float32 (d, channels); from the eye's features, averaged over the places, to the space.
        words: gives unit vectors, float32 (n, d), of texts.
    """

    head: NDArray[np.float32]
    words: Callable[[Sequence[str]], NDArray[np.float32]]


def begin_in(space: Space, model: Any, tokenizer: Any, seen: torch.Tensor) -> None:
    """Set a new model's tokens and projector; the rest stays as it was initialised.

    Args:
        space: the encoder's.
        model: FastVLM, as ``building`` makes it.
        tokenizer: of it.
        seen: float32 (n, channels, h, w), the eye's features of some pictures of the kind that it will see.
    """
    import torch

    embedding = model.get_input_embeddings().weight
    width = embedding.shape[1]
    ids, words = _words(tokenizer)
    vectors = space.words(words)
    basis = _basis(vectors, width)
    placed = (vectors - vectors.mean(axis=0)) @ basis
    placed *= _LENGTH / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-6)
    features = seen.float().permute(0, 2, 3, 1).flatten(0, 2).numpy()
    turned = basis.T @ space.head
    shown = features @ turned.T
    scale = _SPREAD / max(float(shown.std(axis=0).max()), 1e-6)
    length = float(np.sqrt(((shown - shown.mean(axis=0)) ** 2).sum(axis=1).mean())) * scale
    first, second = model.model.multi_modal_projector.linear_1, model.model.multi_modal_projector.linear_2
    with torch.no_grad():
        embedding.mul_(_LENGTH / embedding.norm(dim=1).mean())
        embedding[torch.tensor(ids)] = torch.from_numpy(placed).to(embedding)
        first.weight.copy_(torch.from_numpy(scale * turned))
        first.bias.copy_(torch.from_numpy(_STRAIGHT - scale * shown.mean(axis=0)))
        second.weight.copy_(torch.eye(width) * (_LENGTH / length))
        second.bias.copy_(torch.full((width,), -_STRAIGHT * _LENGTH / length))


def _words(tokenizer: Any) -> tuple[list[int], list[str]]:
    """Tokens that are words or could be: their numbers and texts."""
    found = {number: tokenizer.decode([number]).strip() for number in range(len(tokenizer))}
    kept = {number: text for number, text in found.items() if len(text) >= _WORD and text.isalpha()}
    return list(kept), list(kept.values())


def _basis(vectors: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The directions in which vectors differ most, orthonormal, (d, width); nought beyond d."""
    _, _, rows = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    basis = np.zeros((vectors.shape[1], width), dtype=np.float32)
    basis[:, : min(width, len(rows))] = rows[:width].T
    return basis
